// A recording as it plays: by HLS, sought in on its waveform, with what is said at the place.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { showSeekingControls } from "../sound/controls";
import { Playlist } from "../sound/playlist";
import { keepFresh } from "../sound/renewal";
import { tell } from "../ui/notices";
import { clock, type Phrase } from "./transcript";
import { Waveform } from "./Waveform";

const STEP_SECONDS = 5;
const LONG_STEP_SECONDS = 30;
const AGAIN_MS = 1_500;

export type Addresses = { hlsUrl: string; expiresAt: string };
// `renew` asks for addresses that hold from now on, null where there is nothing to hear any more; `offsetMs`: where
// this begins, from the first recorded sample.
type PlayerProps = {
  audio: RefObject<HTMLAudioElement | null>;
  title: string;
  artist: string;
  addresses: Addresses;
  renew: () => Promise<Addresses | null>;
  offsetMs: number;
  lengthMs: number;
  waveform: number[];
  phrases: Phrase[];
};

export function Player({ audio, title, artist, addresses, renew, offsetMs, lengthMs, waveform, phrases }: PlayerProps) {
  const [atMs, setAt] = useState(0);
  useEffect(() => play(audio.current!, addresses, renew), []);
  useEffect(() => {
    // Once it is played: until then the controls may be another sound's.
    const element = audio.current!;
    let hide = () => {};
    const show = () => {
      hide();
      hide = showSeekingControls(element, { title, artist });
    };
    element.addEventListener("play", show, { once: true });
    return () => {
      element.removeEventListener("play", show);
      hide();
    };
  }, [title, artist]);
  const seek = (ms: number) => {
    audio.current!.currentTime = ms / 1000;
    setAt(ms);
  };
  const look = () => setAt(audio.current!.currentTime * 1000);
  return (
    <div class="stack">
      <Seeker atMs={atMs} lengthMs={lengthMs} waveform={waveform} onSeek={seek} />
      <audio ref={audio} controls aria-label="The recording" onTimeUpdate={look} onSeeking={look} />
      <Subtitles phrases={phrases} atMs={offsetMs + atMs} />
    </div>
  );
}

// Plays in this element by addresses that are renewed in time; what is lost all the same goes on where it was.
function play(element: HTMLAudioElement, first: Addresses, renew: () => Promise<Addresses | null>): () => void {
  let playlist: Playlist | null = null;
  let stopRenewing = () => {};
  let timer = 0;
  let over = false;
  const begin = async (addresses: Addresses, at: number, playing: boolean) => {
    if (over) return;
    playlist = new Playlist(element, () => lost());
    stopRenewing = keepFresh(addresses.expiresAt, async () => {
      const next = await renew();
      if (next) playlist?.renew(next.hlsUrl);
      return next?.expiresAt ?? null;
    });
    await playlist.play(addresses.hlsUrl);
    if (over) return;
    if (at) element.currentTime = at;
    if (playing) await element.play();
  };
  const end = () => {
    window.clearTimeout(timer);
    stopRenewing();
    playlist?.close();
  };
  const lost = () => {
    const { currentTime, paused } = element;
    end();
    timer = window.setTimeout(() => void again(currentTime, !paused), AGAIN_MS);
  };
  const again = async (at: number, playing: boolean) => {
    try {
      const next = await renew();
      if (next) await begin(next, at, playing);
    } catch {
      if (!over) timer = window.setTimeout(() => void again(at, playing), AGAIN_MS);
    }
  };
  void begin(first, 0, false).catch((problem: Error) => tell(problem.message));
  return () => {
    over = true;
    end();
  };
}

type SeekerProps = { atMs: number; lengthMs: number; waveform: number[]; onSeek: (ms: number) => void };

// The waveform as a slider: pressed anywhere, dragged, or moved by arrow keys.
function Seeker({ atMs, lengthMs, waveform, onSeek }: SeekerProps) {
  const line = useRef<HTMLDivElement>(null);
  const to = (ms: number) => onSeek(Math.max(0, Math.min(lengthMs, ms)));
  const drag = (event: PointerEvent) => {
    if (!(event.buttons & 1)) return;
    const { left, width } = line.current!.getBoundingClientRect();
    to(((event.clientX - left) / width) * lengthMs);
  };
  const grab = (event: PointerEvent) => {
    line.current!.setPointerCapture(event.pointerId);
    drag(event);
  };
  const steps: Record<string, number> = {
    ArrowLeft: -STEP_SECONDS,
    ArrowDown: -STEP_SECONDS,
    ArrowRight: STEP_SECONDS,
    ArrowUp: STEP_SECONDS,
    PageDown: -LONG_STEP_SECONDS,
    PageUp: LONG_STEP_SECONDS,
  };
  // The browser's own steps would be of the slider's step.
  const key = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    to(atMs + step * 1000);
  };
  return (
    <div class="seeker" ref={line} onPointerDown={grab} onPointerMove={drag}>
      <Waveform of={waveform} />
      <span class="played" style={{ width: `${(100 * atMs) / lengthMs}%` }} />
      <input
        type="range"
        aria-label="Place in the recording"
        aria-valuetext={`${clock(atMs)} of ${clock(lengthMs)}`}
        min={0}
        max={lengthMs}
        step={100}
        value={atMs}
        onKeyDown={key}
        onInput={(event) => to(Number(event.currentTarget.value))}
      />
    </div>
  );
}

function Subtitles({ phrases, atMs }: { phrases: Phrase[]; atMs: number }) {
  if (!phrases.length) return null;
  const now = phrases.filter((one) => one.startOffsetMs <= atMs && atMs < one.startOffsetMs + one.durationMs);
  return (
    <div class="caption-lines subtitles" role="group" aria-label="Subtitles">
      {now.map(({ startOffsetMs, speaker, text }) => (
        <p key={`${startOffsetMs} ${speaker.id}`}>
          <strong>{speaker.displayName}:</strong> {text}
        </p>
      ))}
    </div>
  );
}

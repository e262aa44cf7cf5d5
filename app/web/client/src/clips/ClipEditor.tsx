// Cutting a clip out of a recording: a window of up to 30 s is dragged along it, with what is said there beside it.
import { useEffect, useRef, useState } from "preact/hooks";
import { act } from "../api/refused";
import { type ClipViewFragment, CreateClipDocument } from "../generated/operations";
import { ClipDialog, Said } from "./ClipDialog";
import { placeHere } from "../ui/router";
import { clock, type Phrase } from "./transcript";
import { Waveform } from "./Waveform";

export const LONGEST_MS = 30_000;

// `offsetMs`: where what is heard begins, from the first recorded sample, as clips and transcripts count.
type EditorProps = {
  spaceId: string;
  offsetMs: number;
  lengthMs: number;
  waveform: number[];
  phrases: Phrase[];
  onListen: (seconds: number) => void;
};

export function ClipEditor({ spaceId, offsetMs, lengthMs, waveform, phrases, onListen }: EditorProps) {
  const windowMs = Math.min(LONGEST_MS, lengthMs);
  const heading = useRef<HTMLHeadingElement>(null);
  const [startMs, setStart] = useState(() => startAt(offsetMs, lengthMs - windowMs));
  // Who comes for what was said at a place finds the editor there.
  useEffect(() => {
    if (placeHere() !== null) heading.current!.scrollIntoView({ block: "center" });
  }, []);
  const [clip, setClip] = useState<ClipViewFragment | null>(null);
  const cut = async () => {
    const input = { spaceId, startOffsetMs: offsetMs + Math.round(startMs), durationMs: Math.floor(windowMs) };
    setClip((await act(CreateClipDocument, { input }))?.clip ?? null);
  };
  const from = offsetMs + startMs;
  const within = phrases.filter((one) => one.startOffsetMs < from + windowMs && one.startOffsetMs + one.durationMs > from);
  return (
    <section class="stack" aria-labelledby="editor-title">
      <h2 id="editor-title" ref={heading}>Make a clip</h2>
      <Track lengthMs={lengthMs} windowMs={windowMs} startMs={startMs} waveform={waveform} onMove={setStart} />
      <p class="quiet">
        From {clock(startMs)} to {clock(startMs + windowMs)}
      </p>
      <Said phrases={within} />
      <div class="row wrap">
        <button onClick={() => onListen(startMs / 1000)}>Listen from here</button>
        <button class="primary" onClick={() => void cut()}>
          Cut the clip
        </button>
      </div>
      {clip && <ClipDialog clip={clip} onClose={() => setClip(null)} />}
    </section>
  );
}

function startAt(offsetMs: number, latest: number): number {
  return Math.max(0, Math.min(latest, (placeHere() ?? offsetMs) - offsetMs));
}

type TrackProps = { lengthMs: number; windowMs: number; startMs: number; waveform: number[]; onMove: (ms: number) => void };

// The whole recording as its waveform, and on it the window: dragged, or moved by arrow keys.
function Track({ lengthMs, windowMs, startMs, waveform, onMove }: TrackProps) {
  const line = useRef<HTMLDivElement>(null);
  const room = lengthMs - windowMs;
  const share = (ms: number) => `${(100 * ms) / lengthMs}%`;
  const drag = (event: PointerEvent) => {
    if (!(event.buttons & 1)) return;
    const { left, width } = line.current!.getBoundingClientRect();
    const middle = ((event.clientX - left) / width) * lengthMs;
    onMove(Math.max(0, Math.min(room, middle - windowMs / 2)));
  };
  const grab = (event: PointerEvent) => {
    line.current!.setPointerCapture(event.pointerId);
    drag(event);
  };
  return (
    <div class="track" ref={line} onPointerDown={grab} onPointerMove={drag}>
      <Waveform of={waveform} />
      <span class="window" style={{ left: share(startMs), width: share(windowMs) }} />
      <input
        type="range"
        aria-label="Start of the clip"
        aria-valuetext={`${clock(startMs)} to ${clock(startMs + windowMs)}`}
        min={0}
        max={Math.max(1, room)}
        step={100}
        value={startMs}
        onInput={(event) => onMove(Number(event.currentTarget.value))}
      />
    </div>
  );
}

// A clip to be played: its address holds for minutes, so whoever plays it later gets the next one, and hears on.
import { useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { ClipAddressDocument } from "../generated/operations";

type ClipSoundProps = { clip: { id: string; url: string }; label: string; preload?: "none" };

export function ClipSound({ clip, label, preload }: ClipSoundProps) {
  const audio = useRef<HTMLAudioElement>(null);
  const [url, setUrl] = useState(clip.url);
  const asked = useRef(false);
  // Once for each time that it played: what cannot be played is not asked for again and again.
  const renew = async () => {
    if (asked.current) return;
    asked.current = true;
    const { currentTime, paused } = audio.current!;
    const found = (await ask(ClipAddressDocument, { id: clip.id })).node;
    if (found?.__typename !== "Clip") return;
    setUrl(found.url);
    audio.current!.src = found.url;
    audio.current!.currentTime = currentTime;
    if (!paused) await audio.current!.play();
  };
  return (
    <audio
      ref={audio}
      controls
      preload={preload}
      src={url}
      aria-label={label}
      onPlaying={() => (asked.current = false)}
      onError={() => void renew().catch(() => (asked.current = false))}
    />
  );
}

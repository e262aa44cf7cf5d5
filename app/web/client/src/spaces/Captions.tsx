// What is said, as it is understood: read out by screen readers too.
import { useState } from "preact/hooks";
import type { Room } from "./room";

export function Captions({ room }: { room: Room }) {
  const [shown, show] = useState(false);
  const { state } = room.space.value!;
  if (state !== "LIVE") return null;
  return (
    <section aria-labelledby="captions-title" class="captions">
      <div class="row">
        <h2 id="captions-title">Captions</h2>
        <button aria-expanded={shown} aria-label={shown ? "Hide captions" : "Show captions"} onClick={() => show(!shown)}>
          {shown ? "Hide" : "Show"}
        </button>
      </div>
      {shown && (
        <div class="caption-lines" role="log" aria-live="polite" aria-label="What is said">
          {room.captions.value.map(({ key, speaker, text }) => (
            <p key={key}>
              <strong>{speaker.displayName}:</strong> {text}
            </p>
          ))}
          {!room.captions.value.length && <p class="quiet">Nothing yet. Captions are made by a machine, and rough.</p>}
        </div>
      )}
    </section>
  );
}

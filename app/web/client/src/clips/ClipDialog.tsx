// A clip that was just cut: heard, read, and posted, or left as a draft.
import { useState } from "preact/hooks";
import { act, attempt, type Refusal } from "../api/refused";
import { type ClipViewFragment, DeleteClipDocument, PublishClipDocument } from "../generated/operations";
import { Dialog } from "../ui/Dialog";
import { Field, Refusals } from "../ui/Field";
import { tell } from "../ui/notices";
import { clipAddress } from "../ui/router";
import { ClipSound } from "./ClipSound";
import { Waveform } from "./Waveform";

export function ClipDialog({ clip, onClose }: { clip: ClipViewFragment; onClose: () => void }) {
  const [refusals, refuse] = useState<Refusal[]>([]);
  const post = async (event: SubmitEvent) => {
    event.preventDefault();
    const comment = String(new FormData(event.target as HTMLFormElement).get("comment"));
    const { userErrors } = await attempt(PublishClipDocument, { input: { clipId: clip.id, comment } });
    refuse(userErrors);
    if (userErrors.length) return;
    tell("The clip is posted.", clipAddress(clip.id));
    onClose();
  };
  const discard = async () => {
    if (await act(DeleteClipDocument, { input: { clipId: clip.id } })) onClose();
  };
  return (
    <Dialog title={`Clip of ${(clip.durationMs / 1000).toFixed(1)} s`} onClose={onClose}>
      <Waveform of={clip.waveform} />
      <ClipSound clip={clip} label="Preview of the clip" />
      <Said phrases={clip.transcript} />
      <form class="stack" onSubmit={(event) => void post(event)}>
        <Field label="What do you want to say about it?" name="comment" maxLength={280} refusals={refusals} />
        <Refusals of={refusals} fields={["comment"]} />
        <div class="row">
          <button class="primary">Post the clip</button>
          <button type="button" class="danger" onClick={() => void discard()}>
            Discard
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Said({ phrases }: { phrases: ClipViewFragment["transcript"] }) {
  if (!phrases.length) return null;
  return (
    <ul class="said" aria-label="What is said">
      {phrases.map(({ startOffsetMs, speaker, text }) => (
        <li key={startOffsetMs}>
          <strong>{speaker.displayName}:</strong> {text}
        </li>
      ))}
    </ul>
  );
}

// Keeps the last 30 seconds of a live Space.
import { useState } from "preact/hooks";
import { act } from "../api/refused";
import { type ClipViewFragment, CreateClipDocument } from "../generated/operations";
import type { Room } from "../spaces/room";
import { ClipDialog } from "./ClipDialog";

export function ClipButton({ room }: { room: Room }) {
  const [clip, setClip] = useState<ClipViewFragment | null>(null);
  const { clippingAllowed, isRecording } = room.space.value!;
  if (!room.may("CREATE_CLIP") || !clippingAllowed || !isRecording) return null;
  const cut = async () => setClip((await act(CreateClipDocument, { input: { spaceId: room.id } }))?.clip ?? null);
  return (
    <>
      <button onClick={() => void cut()}>Clip</button>
      {clip && <ClipDialog clip={clip} onClose={() => setClip(null)} />}
    </>
  );
}

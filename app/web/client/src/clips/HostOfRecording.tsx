// What the host of a recording may do with it: let it begin later or end sooner, undo that, delete it.
import { useState } from "preact/hooks";
import { act } from "../api/refused";
import { DeleteRecordingDocument, TrimRecordingDocument } from "../generated/operations";
import type { Room } from "../spaces/room";
import { Dialog } from "../ui/Dialog";
import type { Recording } from "./Replay";

type HostProps = {
  room: Room;
  recording: Recording;
  at: () => number;
  onTrimmed: () => Promise<unknown>;
  onDeleted: () => void;
};

export function HostOfRecording({ room, recording, at, onTrimmed, onDeleted }: HostProps) {
  const [sure, setSure] = useState(false);
  const { startOffsetMs, endOffsetMs } = recording;
  const here = () => (startOffsetMs ?? 0) + Math.round(at());
  const trim = (startOffsetMs: number | null | undefined, endOffsetMs: number | null | undefined) =>
    void act(TrimRecordingDocument, { input: { spaceId: room.id, startOffsetMs, endOffsetMs } }).then(onTrimmed);
  const remove = async () => {
    if (await act(DeleteRecordingDocument, { input: { spaceId: room.id, confirm: true } })) onDeleted();
  };
  return (
    <div class="row wrap">
      {room.may("UPDATE_RECORDING") && (
        <>
          <button onClick={() => trim(here(), endOffsetMs)}>Let it begin here</button>
          <button onClick={() => trim(startOffsetMs, here())}>Let it end here</button>
          {(startOffsetMs != null || endOffsetMs != null) && <button onClick={() => trim(null, null)}>Undo the trim</button>}
        </>
      )}
      {room.may("DELETE_RECORDING") && (
        <button class="danger" onClick={() => setSure(true)}>
          Delete the recording
        </button>
      )}
      {sure && (
        <Dialog title="Delete the recording?" onClose={() => setSure(false)}>
          <p>It is gone for good. Clips of it stay.</p>
          <button class="danger" onClick={() => void remove()}>
            Delete it
          </button>
        </Dialog>
      )}
    </div>
  );
}

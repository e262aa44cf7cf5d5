// The recording of a Space that has ended: played, cut clips from, and by its host trimmed or deleted.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import { DeleteRecordingDocument, RecordingDocument, type RecordingQuery, TrimRecordingDocument } from "../generated/operations";
import type { Room } from "../spaces/room";
import { Dialog } from "../ui/Dialog";
import { ClipEditor } from "./ClipEditor";

const FINALISING_MS = 2_000;

type Recording = NonNullable<NonNullable<RecordingQuery["space"]>["recording"]>;

export function Replay({ room }: { room: Room }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [recording, setRecording] = useState<Recording | null | undefined>(undefined);
  const { version, clippingAllowed } = room.space.value!;
  const load = () => ask(RecordingDocument, { spaceId: room.id }).then(({ space }) => setRecording(space?.recording ?? null));
  useEffect(() => void load().catch(() => setRecording(null)), [room.id, version]);
  const finalised = recording?.durationMs != null;
  useEffect(() => {
    if (!recording || finalised) return;
    const timer = setInterval(() => void load().catch(() => {}), FINALISING_MS);
    return () => clearInterval(timer);
  }, [Boolean(recording), finalised]);
  if (recording === null) return <p>There is no sound of it.</p>;
  if (!recording?.m4aUrl || !finalised) return <p role="status">The recording is being made ready …</p>;
  const listen = (seconds: number) => {
    audio.current!.currentTime = seconds;
    void audio.current!.play();
  };
  return (
    <>
      {/* An address holds for some minutes: whoever comes back later gets a new one. */}
      <audio ref={audio} controls src={recording.m4aUrl} aria-label="The recording" onError={() => void load()} />
      <p class="quiet">{recording.replayCount === 1 ? "Replayed once" : `Replayed ${recording.replayCount} times`}</p>
      {clippingAllowed && room.may("CREATE_CLIP") && (
        <ClipEditor
          spaceId={room.id}
          offsetMs={recording.startOffsetMs ?? 0}
          lengthMs={recording.durationMs!}
          waveform={recording.waveform}
          onListen={listen}
        />
      )}
      <HostOfIt room={room} recording={recording} at={() => audio.current!.currentTime * 1000} onChange={load} />
    </>
  );
}

type HostProps = { room: Room; recording: Recording; at: () => number; onChange: () => Promise<void> };

function HostOfIt({ room, recording, at, onChange }: HostProps) {
  const [sure, setSure] = useState(false);
  const { startOffsetMs, endOffsetMs } = recording;
  const here = () => (startOffsetMs ?? 0) + Math.round(at());
  const trim = (startOffsetMs: number | null | undefined, endOffsetMs: number | null | undefined) =>
    void act(TrimRecordingDocument, { input: { spaceId: room.id, startOffsetMs, endOffsetMs } }).then(onChange);
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
          <button
            class="danger"
            onClick={() =>
              void act(DeleteRecordingDocument, { input: { spaceId: room.id, confirm: true } }).then(onChange)
            }
          >
            Delete it
          </button>
        </Dialog>
      )}
    </div>
  );
}

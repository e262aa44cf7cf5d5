// The recording of a Space that has ended: played, saved, cut clips from, and by its host trimmed or deleted.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { RecordingDocument, type RecordingQuery } from "../generated/operations";
import type { Room } from "../spaces/room";
import { ClipEditor } from "./ClipEditor";
import { type Addresses, Player } from "./Player";
import { HostOfRecording } from "./HostOfRecording";
import { type Phrase, transcriptOf } from "./transcript";

const FINALISING_MS = 2_000;

export type Recording = NonNullable<NonNullable<RecordingQuery["space"]>["recording"]>;

export function Replay({ room, onDeleted }: { room: Room; onDeleted: () => void }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [recording, setRecording] = useState<Recording | null | undefined>(undefined);
  const [phrases, setPhrases] = useState<Phrase[]>([]);
  const { title, host, version, clippingAllowed } = room.space.value!;
  const load = async () => {
    const found = (await ask(RecordingDocument, { spaceId: room.id })).space?.recording ?? null;
    setRecording(found);
    return found;
  };
  useEffect(() => void load().catch(() => setRecording(null)), [room.id, version]);
  const finalised = recording?.durationMs != null;
  useEffect(() => {
    if (!recording || finalised) return;
    const timer = setInterval(() => void load().catch(() => {}), FINALISING_MS);
    return () => clearInterval(timer);
  }, [Boolean(recording), finalised]);
  const trim = `${recording?.startOffsetMs} ${recording?.endOffsetMs}`;
  useEffect(() => void transcriptOf(room.id).then(setPhrases, () => {}), [room.id, trim]);
  if (recording === null) return <p>There is no sound of it.</p>;
  const addresses = addressesOf(recording);
  if (!recording || !addresses || !finalised) return <p role="status">The recording is being made ready …</p>;
  const listen = (seconds: number) => {
    audio.current!.currentTime = seconds;
    void audio.current!.play();
  };
  const [offsetMs, lengthMs] = [recording.startOffsetMs ?? 0, recording.durationMs!];
  const heard = phrases.filter((one) => one.startOffsetMs < offsetMs + lengthMs && one.startOffsetMs + one.durationMs > offsetMs);
  const sound = { offsetMs, lengthMs, waveform: recording.waveform, phrases: heard };
  return (
    <>
      <Player
        key={`sound ${trim}`}
        audio={audio}
        title={title}
        artist={host.displayName}
        addresses={addresses}
        renew={async () => addressesOf(await load())}
        {...sound}
      />
      <p class="row wrap quiet">
        <span class="grow">{recording.replayCount === 1 ? "Replayed once" : `Replayed ${recording.replayCount} times`}</span>
        <a href={recording.m4aUrl!} download="" class="button">
          Download
        </a>
      </p>
      {clippingAllowed && room.may("CREATE_CLIP") && (
        <ClipEditor key={`editor ${trim}`} spaceId={room.id} {...sound} onListen={listen} />
      )}
      <HostOfRecording
        room={room}
        recording={recording}
        at={() => audio.current!.currentTime * 1000}
        onTrimmed={load}
        onDeleted={onDeleted}
      />
    </>
  );
}

function addressesOf(recording: Recording | null | undefined): Addresses | null {
  const { hlsUrl, urlsExpireAt } = recording ?? {};
  return hlsUrl && urlsExpireAt ? { hlsUrl, expiresAt: urlsExpireAt } : null;
}

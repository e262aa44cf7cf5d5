// The end of a Space: its recording, where there is one, plays here.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { ClipEditor } from "../clips/ClipEditor";
import { AudioDocument } from "../generated/operations";
import { Playlist } from "../sound/playlist";
import type { Room } from "./room";
import { SharedPosts } from "./SharedPosts";
import { lasted, short } from "./when";

export function Ended({ room }: { room: Room }) {
  const { startedAt, endedAt, recordingEnabled, recordingDeletedAt } = room.space.value!;
  return (
    <>
      <section class="card">
        <h2>This Space has ended</h2>
        {startedAt && endedAt && (
          <p class="quiet">
            {short(startedAt)} · {lasted(startedAt, endedAt)}
          </p>
        )}
        {!recordingEnabled && <p>It was not recorded.</p>}
        {recordingDeletedAt && <p>Its recording was deleted.</p>}
        {recordingEnabled && !recordingDeletedAt && <Replay room={room} />}
      </section>
      <SharedPosts room={room} />
    </>
  );
}

function Replay({ room }: { room: Room }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [lengthMs, setLength] = useState(0);
  const [said, say] = useState("");
  const { clippingAllowed } = room.space.value!;
  const listen = (seconds: number) => {
    audio.current!.currentTime = seconds;
    void audio.current!.play();
  };
  useEffect(() => {
    const playlist = new Playlist(audio.current!, () => say("The recording could not be loaded. Reload to try again."));
    ask(AudioDocument, { spaceId: room.id })
      .then(({ space }) => {
        if (space?.audio?.hlsUrl) return playlist.play(space.audio.hlsUrl);
        say("There is no sound of it.");
      })
      .catch((problem: Error) => say(problem.message));
    return () => playlist.close();
  }, [room.id]);
  return (
    <>
      <audio
        ref={audio}
        controls
        aria-label="The recording"
        onDurationChange={({ currentTarget: { duration } }) => Number.isFinite(duration) && setLength(duration * 1000)}
      />
      {said && <p role="status">{said}</p>}
      {lengthMs > 0 && clippingAllowed && room.may("CREATE_CLIP") && (
        <ClipEditor spaceId={room.id} lengthMs={lengthMs} onListen={listen} />
      )}
    </>
  );
}

// The end of a Space: its recording, where there is one, plays here.
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
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
        {recordingEnabled && !recordingDeletedAt && <Replay id={room.id} />}
      </section>
      <SharedPosts room={room} />
    </>
  );
}

function Replay({ id }: { id: string }) {
  const audio = useRef<HTMLAudioElement>(null);
  const [said, say] = useState("");
  useEffect(() => {
    const playlist = new Playlist(audio.current!, () => say("The recording could not be loaded. Reload to try again."));
    ask(AudioDocument, { spaceId: id })
      .then(({ space }) => {
        if (space?.audio?.hlsUrl) return playlist.play(space.audio.hlsUrl);
        say("There is no sound of it.");
      })
      .catch((problem: Error) => say(problem.message));
    return () => playlist.close();
  }, [id]);
  return (
    <>
      <audio ref={audio} controls aria-label="The recording" />
      {said && <p role="status">{said}</p>}
    </>
  );
}

// The end of a Space: its recording, where there is one, plays here.
import { useState } from "preact/hooks";
import { Replay } from "../clips/Replay";
import { Feedback } from "./Feedback";
import type { Room } from "./room";
import { SharedPosts } from "./SharedPosts";
import { lasted, short } from "./when";

export function Ended({ room }: { room: Room }) {
  // No stream tells of it any more.
  const [deletedHere, setDeleted] = useState(false);
  const { startedAt, endedAt, recordingEnabled, recordingDeletedAt } = room.space.value!;
  const deleted = deletedHere || Boolean(recordingDeletedAt);
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
        {deleted && <p>Its recording was deleted.</p>}
        {recordingEnabled && !deleted && <Replay room={room} onDeleted={() => setDeleted(true)} />}
      </section>
      <Feedback room={room} />
      <SharedPosts room={room} />
    </>
  );
}

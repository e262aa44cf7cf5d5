// The end of a Space: its recording, where there is one, plays here.
import { Replay } from "../clips/Replay";
import { Feedback } from "./Feedback";
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
      <Feedback room={room} />
      <SharedPosts room={room} />
    </>
  );
}

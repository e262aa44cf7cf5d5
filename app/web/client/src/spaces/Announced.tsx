// A Space to come: when, the calendar's address, a reminder; for its host, how to open it.
import { act } from "../api/refused";
import {
  PrepareSpaceDocument,
  RemoveReminderDocument,
  SetReminderDocument,
  StartSpaceDocument,
} from "../generated/operations";
import { viewer } from "../session/session";
import { CallOffButton, RescheduleButton } from "./Reschedule";
import type { Room } from "./room";
import { moment } from "./when";

export function Announced({ room }: { room: Room }) {
  const space = room.space.value!;
  const input = { spaceId: room.id };
  const reminded = room.standing.value?.viewerHasReminder;
  const remind = async () => {
    await (reminded ? act(RemoveReminderDocument, { input }) : act(SetReminderDocument, { input }));
    void room.refresh();
  };
  return (
    <section class="card">
      <p class="when">
        <time dateTime={space.scheduledStart!}>{moment(space.scheduledStart!)}</time>
      </p>
      {space.timeZone && <p class="quiet">By the host's clock: {moment(space.scheduledStart!, space.timeZone)}</p>}
      <div class="row wrap">
        {viewer.value && (room.may("SET_REMINDER") || reminded) && (
          <button class="primary" aria-pressed={reminded} onClick={() => void remind()}>
            {reminded ? "Reminder is set" : "Set reminder"}
          </button>
        )}
        {space.icsUrl && (
          <a class="button" href={space.icsUrl}>
            Add to calendar
          </a>
        )}
        {room.may("START") && (
          <button class="primary" onClick={() => void act(StartSpaceDocument, { input })}>
            Start now
          </button>
        )}
        {room.may("PREPARE") && <button onClick={() => void act(PrepareSpaceDocument, { input })}>Prepare</button>}
        <RescheduleButton room={room} />
        <CallOffButton room={room} />
      </div>
    </section>
  );
}

// What the host of an announced Space does about it: its time and title otherwise, or called off.
import { useState } from "preact/hooks";
import { act, attempt, type Refusal } from "../api/refused";
import { CancelSpaceDocument, RescheduleDocument } from "../generated/operations";
import { readWhen, When } from "../home/When";
import { Dialog } from "../ui/Dialog";
import { Field, Refusals } from "../ui/Field";
import type { Room } from "./room";

export function RescheduleButton({ room }: { room: Room }) {
  const [open, setOpen] = useState(false);
  if (!room.may("RESCHEDULE")) return null;
  return (
    <>
      <button onClick={() => setOpen(true)}>Change</button>
      {open && <Reschedule room={room} onClose={() => setOpen(false)} />}
    </>
  );
}

function Reschedule({ room, onClose }: { room: Room; onClose: () => void }) {
  const { title, scheduledStart, timeZone } = room.space.value!;
  const [refusals, refuse] = useState<Refusal[]>([]);
  const change = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const input = { spaceId: room.id, title: String(form.get("title")), ...readWhen(form) };
    try {
      const { userErrors } = await attempt(RescheduleDocument, { input });
      refuse(userErrors);
      if (!userErrors.length) onClose();
    } catch (problem) {
      refuse([{ code: "FAILED", message: (problem as Error).message }]);
    }
  };
  return (
    <Dialog title="Change what is announced" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void change(event)}>
        <Field label="Title" name="title" defaultValue={title} maxLength={70} required refusals={refusals} />
        <When refusals={refusals} start={scheduledStart} zone={timeZone} />
        <Refusals of={refusals} fields={["title", "scheduledStart"]} />
        <button class="primary">Save</button>
      </form>
    </Dialog>
  );
}

export function CallOffButton({ room }: { room: Room }) {
  const [sure, setSure] = useState(false);
  if (!room.may("CANCEL")) return null;
  return (
    <>
      <button class="danger" onClick={() => setSure(true)}>
        Call it off
      </button>
      {sure && (
        <Dialog title="Call this Space off?" onClose={() => setSure(false)}>
          <p>Whoever set a reminder is told that it will not take place.</p>
          <button class="danger" onClick={() => void act(CancelSpaceDocument, { input: { spaceId: room.id } })}>
            Call the Space off
          </button>
        </Dialog>
      )}
    </>
  );
}

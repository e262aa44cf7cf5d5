// A message to several people, each alone.
import { useState } from "preact/hooks";
import { attempt, type Refusal } from "../api/refused";
import { type PersonFragment, SendMessageDocument } from "../generated/operations";
import { MAX_PEOPLE, PeoplePicker } from "../people/PeoplePicker";
import { Dialog } from "../ui/Dialog";
import { Refusals } from "../ui/Field";
import { tell } from "../ui/notices";
import { go } from "../ui/router";

export function NewMessage({ onClose }: { onClose: () => void }) {
  const [people, setPeople] = useState<PersonFragment[]>([]);
  const [refusals, refuse] = useState<Refusal[]>([]);
  const [busy, setBusy] = useState(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text"));
    setBusy(true);
    try {
      const input = { userIds: people.map(({ id }) => id), text };
      const { messages, userErrors } = await attempt(SendMessageDocument, { input });
      refuse(userErrors);
      if (!messages.length) return;
      onClose();
      if (people.length === 1) go(`/messages/${people[0]!.handle}`);
      else tell(`Sent to ${people.length} people, to each alone.`);
    } catch (problem) {
      refuse([{ code: "FAILED", message: (problem as Error).message }]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title="New message" onClose={onClose}>
      <form class="stack" onSubmit={(event) => void send(event)}>
        <PeoplePicker label="To" hint={`Up to ${MAX_PEOPLE} people; each gets it alone.`} people={people} onChange={setPeople} />
        <div class="field">
          <label for="new-message">Message</label>
          <textarea id="new-message" name="text" rows={3} maxLength={1000} required />
        </div>
        <Refusals of={refusals} fields={[]} />
        <button class="primary" disabled={busy || !people.length}>
          {people.length > 1 ? `Send to ${people.length} people` : "Send"}
        </button>
      </form>
    </Dialog>
  );
}

// The listeners: how many, and by pages who.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import { InviteDocument, ListenersDocument, type PersonFragment, RemoveParticipantDocument } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { ReportButton } from "../reports/ReportButton";
import { viewer } from "../session/session";
import { Dialog } from "../ui/Dialog";
import type { Room } from "./room";

export function Audience({ room }: { room: Room }) {
  const [open, setOpen] = useState(false);
  const { listenerCount, anonymousListenerCount } = room.space.value!;
  const all = listenerCount + anonymousListenerCount;
  return (
    <section class="row">
      <h2 class="listeners">{all === 1 ? "1 listener" : `${all} listeners`}</h2>
      {listenerCount > 0 && <button onClick={() => setOpen(true)}>Show listeners</button>}
      {room.may("REPORT") && viewer.value?.user.id !== room.space.value!.host.id && <ReportButton of={{ spaceId: room.id }} />}
      {open && <Listeners room={room} onClose={() => setOpen(false)} />}
    </section>
  );
}

function Listeners({ room, onClose }: { room: Room; onClose: () => void }) {
  const [people, setPeople] = useState<PersonFragment[]>([]);
  const [more, setMore] = useState<string | null>(null);
  const load = async (after: string | null) => {
    const found = (await ask(ListenersDocument, { spaceId: room.id, after })).space?.listeners;
    if (!found) return;
    const nodes = found.edges.map(({ node }) => node);
    setPeople((before) => (after ? [...before, ...nodes] : nodes));
    setMore(found.pageInfo.hasNextPage ? (found.pageInfo.endCursor ?? null) : null);
  };
  const count = room.space.value?.listenerCount;
  useEffect(() => void load(null), [count]);
  return (
    <Dialog title="Listeners" onClose={onClose}>
      <ul class="people">
        {people.map((person) => (
          <Listener key={person.id} person={person} room={room} />
        ))}
      </ul>
      {more && <button onClick={() => void load(more)}>More</button>}
    </Dialog>
  );
}

function Listener({ person, room }: { person: PersonFragment; room: Room }) {
  const input = { spaceId: room.id, userId: person.id };
  const other = person.id !== viewer.value?.user.id;
  return (
    <li>
      <Avatar person={person} />
      <span class="grow">{person.displayName}</span>
      {other && room.may("INVITE_SPEAKER") && (
        <button onClick={() => void act(InviteDocument, { input: { ...input, role: "SPEAKER" } })}>Invite to speak</button>
      )}
      {other && room.may("REMOVE_PARTICIPANT") && (
        <button class="danger" onClick={() => void act(RemoveParticipantDocument, { input: { ...input, action: "REMOVE" } })}>
          Remove
        </button>
      )}
    </li>
  );
}

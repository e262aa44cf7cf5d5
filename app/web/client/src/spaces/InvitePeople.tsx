// Finding people to invite to the stage, in the Space or not.
import { useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import { FindPeopleDocument, InviteDocument, type PersonFragment } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { tell } from "../ui/notices";
import type { Room } from "./room";

export function InvitePeople({ room, onClose }: { room: Room; onClose: () => void }) {
  const [found, setFound] = useState<PersonFragment[]>([]);
  const find = async (query: string) => {
    const people = query.trim() ? (await ask(FindPeopleDocument, { query: query.trim() })).users.edges : [];
    setFound(people.map(({ node }) => node));
  };
  const invite = async (person: PersonFragment, role: "SPEAKER" | "COHOST") => {
    const done = await act(InviteDocument, { input: { spaceId: room.id, userId: person.id, role } });
    if (done) tell(`${person.displayName} is invited.`);
  };
  return (
    <Dialog title="Invite to speak" onClose={onClose}>
      <Field label="Name or handle" name="query" type="search" onInput={(event) => void find(event.currentTarget.value)} />
      <ul class="people" aria-live="polite">
        {found.map((person) => (
          <li key={person.id}>
            <Avatar person={person} />
            <span class="grow">
              {person.displayName} <span class="quiet">@{person.handle}</span>
            </span>
            <button class="primary" onClick={() => void invite(person, "SPEAKER")}>
              Speaker
            </button>
            {room.may("INVITE_COHOST") && <button onClick={() => void invite(person, "COHOST")}>Co-host</button>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

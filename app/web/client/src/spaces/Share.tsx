// Telling others of a Space: its link, a Post, or messages.
import { useState } from "preact/hooks";
import { act } from "../api/refused";
import { type PersonFragment, ShareSpaceDocument } from "../generated/operations";
import { MAX_PEOPLE, PeoplePicker } from "../people/PeoplePicker";
import { viewer } from "../session/session";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { Icon } from "../ui/Icon";
import { tell } from "../ui/notices";
import type { Room } from "./room";

export function ShareButton({ room }: { room: Room }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button onClick={() => setOpen(true)}>
        <Icon name="share" /> Share
      </button>
      {open && <Share room={room} onClose={() => setOpen(false)} />}
    </>
  );
}

function Share({ room, onClose }: { room: Room; onClose: () => void }) {
  const { url } = room.space.value!;
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    tell("The link is copied.");
    onClose();
  };
  const post = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text"));
    if (!(await act(ShareSpaceDocument, { input: { spaceId: room.id, as: { post: { text } } } }))) return;
    tell("Posted.");
    onClose();
  };
  return (
    <Dialog title="Share this Space" onClose={onClose}>
      <div class="row end">
        <Field label="Link" name="link" value={url} readOnly />
        <button onClick={() => void copy()}>Copy</button>
      </div>
      {viewer.value && room.may("SHARE") && (
        <form class="row end" onSubmit={(event) => void post(event)}>
          <Field label="A Post to those who follow you" name="text" maxLength={280} />
          <button class="primary">Post</button>
        </form>
      )}
      {viewer.value && room.may("SHARE") && <ShareByMessage room={room} onClose={onClose} />}
    </Dialog>
  );
}

function ShareByMessage({ room, onClose }: { room: Room; onClose: () => void }) {
  const [people, setPeople] = useState<PersonFragment[]>([]);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("message"));
    const message = { userIds: people.map(({ id }) => id), text };
    if (!(await act(ShareSpaceDocument, { input: { spaceId: room.id, as: { message } } }))) return;
    tell(people.length === 1 ? `Sent to ${people[0]!.displayName}.` : `Sent to ${people.length} people, to each alone.`);
    onClose();
  };
  return (
    <form class="stack" onSubmit={(event) => void send(event)}>
      <PeoplePicker
        label="Send it to people"
        hint={`Up to ${MAX_PEOPLE} people; each gets a message alone.`}
        people={people}
        onChange={setPeople}
      />
      {people.length > 0 && (
        <div class="row end">
          <Field label="What to say of it" name="message" maxLength={1000} />
          <button class="primary">Send</button>
        </div>
      )}
    </form>
  );
}

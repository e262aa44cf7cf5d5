// What the viewer and one other person wrote to each other, the oldest on top, and the field to write on.
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { attempt, type Refusal } from "../api/refused";
import {
  CorrespondentDocument,
  type CorrespondentQuery,
  type PersonFragment,
  SendMessageDocument,
} from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { Card } from "../posts/PostCard";
import { short } from "../spaces/when";
import { Refusals } from "../ui/Field";
import { Link } from "../ui/router";
import { type Mail, type Message, useMail } from "./mail";
import { useFirstUnread, useReading } from "./reading";

type Correspondent = NonNullable<CorrespondentQuery["user"]>;

export function Thread({ handle }: { handle: string }) {
  const [person, setPerson] = useState<Correspondent | null | undefined>(undefined);
  useEffect(
    () => void ask(CorrespondentDocument, { handle }).then(({ user }) => setPerson(user ?? null), () => setPerson(null)),
    [handle],
  );
  const mail = useMail(person?.id);
  if (person === null) return <h1>There is nobody of this handle</h1>;
  if (!person || (!mail.messages && !mail.problem)) return <p class="quiet">One moment …</p>;
  return (
    <>
      <header class="row">
        <Link href="/messages">Messages</Link>
        <Avatar person={person} />
        <h1 class="grow">
          <Link href={`/people/${handle}`}>{person.displayName}</Link>
        </h1>
      </header>
      {mail.problem && <p class="refusal">{mail.problem}</p>}
      <Lines mail={mail} other={person} />
      <Write to={person} onSent={mail.add} />
    </>
  );
}

function Lines({ mail: { messages, older }, other }: { mail: Mail; other: Correspondent }) {
  const end = useRef<HTMLLIElement>(null);
  const newest = messages?.[0]?.id;
  const readBefore = other.viewerConversation?.readUpTo ?? null;
  useReading(other.id, messages, readBefore);
  const unread = useFirstUnread(other.id, messages, readBefore);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [newest]);
  return (
    <>
      {older && <button onClick={older}>Older ones</button>}
      <ol class="thread" aria-live="polite" aria-label={`Messages with ${other.displayName}`}>
        {[...(messages ?? [])].reverse().map((message) => (
          <Fragment key={message.id}>
            {message.id === unread && <li class="new-ones">New</li>}
            <Line message={message} own={message.recipient.id === other.id} />
          </Fragment>
        ))}
        {newest && <li ref={end} aria-hidden="true" class="end-of-thread" />}
      </ol>
      {!messages?.length && <p class="quiet">Nothing written yet.</p>}
    </>
  );
}

function Line({ message, own }: { message: Message; own: boolean }) {
  return (
    <li class={own ? "message own" : "message"}>
      <span class="sr-only">{own ? "You" : message.sender.displayName}:</span>
      {message.text && <p>{message.text}</p>}
      {message.card && <Card card={message.card} />}
      <time dateTime={message.createdAt}>{short(message.createdAt)}</time>
    </li>
  );
}

function Write({ to, onSent }: { to: PersonFragment; onSent: (message: Message) => void }) {
  const [refusals, refuse] = useState<Refusal[]>([]);
  const [busy, setBusy] = useState(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get("text"));
    setBusy(true);
    try {
      const { messages, userErrors } = await attempt(SendMessageDocument, { input: { userIds: [to.id], text } });
      refuse(userErrors);
      if (userErrors.length) return;
      form.reset();
      messages.forEach(onSent);
    } catch (problem) {
      refuse([{ code: "FAILED", message: (problem as Error).message }]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="row end" onSubmit={(event) => void send(event)}>
      <div class="field">
        <label for="message">{`Message to ${to.displayName}`}</label>
        <textarea id="message" name="text" rows={2} maxLength={1000} required onKeyDown={sendByEnter} />
        <Refusals of={refusals} fields={[]} />
      </div>
      <button class="primary" disabled={busy}>
        Send
      </button>
    </form>
  );
}

// As chats do it, where there is a keyboard: a new line is Shift and Enter.
function sendByEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  (event.target as HTMLTextAreaElement).form!.requestSubmit();
}

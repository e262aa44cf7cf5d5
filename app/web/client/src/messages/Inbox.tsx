// With whom the viewer writes: each by their newest message.
import { Avatar } from "../people/Avatar";
import { viewer } from "../session/session";
import { short } from "../spaces/when";
import { Link } from "../ui/router";
import { type Message, otherOf, useMail } from "./mail";

export function Inbox() {
  const { messages, problem, older } = useMail(viewer.value ? null : undefined);
  const newest = new Map<string, Message>();
  for (const message of messages ?? []) {
    const { id } = otherOf(message);
    if (!newest.has(id)) newest.set(id, message);
  }
  return (
    <>
      <h1>Messages</h1>
      {problem && <p class="refusal">{problem}</p>}
      {!messages && !problem && <p class="quiet">One moment …</p>}
      {messages?.length === 0 && <p class="quiet">None yet. The page of a person has a button to write to them.</p>}
      <ul class="inbox">{[...newest.values()].map((message) => <Entry key={message.id} message={message} />)}</ul>
      {older && <button onClick={older}>More</button>}
    </>
  );
}

function Entry({ message }: { message: Message }) {
  const other = otherOf(message);
  return (
    <li>
      <Link href={`/messages/${other.handle}`}>
        <Avatar person={other} />
        <span class="grow">
          <strong>{other.displayName}</strong>{" "}
          <span class="quiet">
            @{other.handle} · <time dateTime={message.createdAt}>{short(message.createdAt)}</time>
          </span>
          <span class="excerpt">
            {message.recipient.id === other.id && "You: "}
            {message.text || "A Space"}
          </span>
        </span>
      </Link>
    </li>
  );
}

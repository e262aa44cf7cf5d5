// With whom the viewer writes: each with the newest message, and what of it is unread.
import { useState } from "preact/hooks";
import { Avatar } from "../people/Avatar";
import { brief } from "../spaces/when";
import { Link } from "../ui/router";
import { type Conversation, useConversations } from "./conversations";
import { NewMessage } from "./NewMessage";
import { marked } from "./unread";

export function Inbox() {
  const { conversations, problem, older } = useConversations();
  const [writing, setWriting] = useState(false);
  return (
    <>
      <header class="row">
        <h1 class="grow">Messages</h1>
        <button class="primary" onClick={() => setWriting(true)}>
          New message
        </button>
      </header>
      {writing && <NewMessage onClose={() => setWriting(false)} />}
      {problem && <p class="refusal">{problem}</p>}
      {!conversations && !problem && <p class="quiet">One moment …</p>}
      {conversations?.length === 0 && <p class="quiet">None yet. Write to someone: they hear of it at once.</p>}
      <ul class="inbox">{conversations?.map((one) => <Entry key={one.id} conversation={one} />)}</ul>
      {older && <button onClick={older}>More</button>}
    </>
  );
}

function Entry({ conversation: { id, user, lastMessage, unreadCount, updatedAt } }: { conversation: Conversation }) {
  const described = `unread-${id}`;
  return (
    <li class={unreadCount ? "unread" : undefined}>
      <Link href={`/messages/${user.handle}`} aria-describedby={unreadCount ? described : undefined}>
        <Avatar person={user} />
        <span class="grow">
          <strong>{user.displayName}</strong>{" "}
          <span class="quiet">
            @{user.handle} · <time dateTime={updatedAt}>{brief(updatedAt)}</time>
          </span>
          <span class="excerpt">
            {lastMessage?.recipient.id === user.id && "You: "}
            {lastMessage?.text || "A Space"}
          </span>
        </span>
        {unreadCount > 0 && (
          <span class="mark" aria-hidden="true">
            {marked(unreadCount)}
          </span>
        )}
      </Link>
      {unreadCount > 0 && (
        <span id={described} class="sr-only">
          {marked(unreadCount)} unread
        </span>
      )}
    </li>
  );
}

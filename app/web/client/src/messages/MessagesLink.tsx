// The way to the messages, with a mark where some are unread.
import { Icon } from "../ui/Icon";
import { Link } from "../ui/router";
import { marked, unread } from "./unread";

export function MessagesLink() {
  const count = unread.value;
  return (
    <>
      <Link href="/messages" class="marked" aria-label="Messages" aria-describedby={count ? "unread-count" : undefined}>
        <Icon name="message" />
        {/* No text of the link, whose name stays: its description tells it. */}
        {count > 0 && <span class="mark" aria-hidden="true" data-count={marked(count)} />}
      </Link>
      {count > 0 && (
        <span id="unread-count" class="sr-only">
          {marked(count)} unread {count === 1 ? "conversation" : "conversations"}
        </span>
      )}
    </>
  );
}

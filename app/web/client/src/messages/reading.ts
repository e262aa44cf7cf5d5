// Reading: what is seen of a conversation is marked as read, once the page is in sight.
import { useEffect, useRef, useState } from "preact/hooks";
import { attempt } from "../api/refused";
import { MarkReadDocument } from "../generated/operations";
import type { Message } from "./mail";

export type ReadUpTo = { id: string; createdAt: string };

const isAfter = (message: Message, read: ReadUpTo | null) =>
  !read || (message.id !== read.id && Date.parse(message.createdAt) >= Date.parse(read.createdAt));

// Marks up to the newest message whenever the other wrote since, while the page is visible.
export function useReading(personId: string, messages: Message[] | null, readBefore: ReadUpTo | null): void {
  const visible = useVisible();
  const read = useRef(readBefore);
  const newest = messages?.[0];
  const received = messages?.find(({ sender }) => sender.id === personId);
  useEffect(() => {
    if (!visible || !newest || !received || !isAfter(received, read.current)) return;
    const before = read.current;
    read.current = newest;
    // Offline it stays unread: the next message, or coming back to the page, tries again.
    attempt(MarkReadDocument, { input: { userId: personId, messageId: newest.id } }).catch(() => (read.current = before));
  }, [visible, received?.id]);
}

// The first of what the other wrote since, when the messages came; undefined where all was read.
export function useFirstUnread(personId: string, messages: Message[] | null, readBefore: ReadUpTo | null): string | undefined {
  const first = useRef<{ id: string | undefined } | null>(null);
  if (messages && !first.current) {
    // The newest come first.
    first.current = { id: messages.findLast((one) => one.sender.id === personId && isAfter(one, readBefore))?.id };
  }
  return first.current?.id;
}

function useVisible(): boolean {
  const [visible, setVisible] = useState(document.visibilityState === "visible");
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  return visible;
}

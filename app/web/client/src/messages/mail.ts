// What the viewer and one other person wrote each other by pages, the newest first, with what comes in meanwhile.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { MessagesDocument, type MessageViewFragment } from "../generated/operations";
import { arrived, restarted } from "../session/events";

export type Message = MessageViewFragment;

export type Mail = {
  messages: Message[] | null;
  problem: string;
  // Null where there are no older ones.
  older: (() => void) | null;
  add: (message: Message) => void;
};

// Each once, the newest first.
function merged(some: Message[], others: Message[]): Message[] {
  const each = new Map([...some, ...others].map((message) => [message.id, message]));
  return [...each.values()].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

// With one person for as long as it is used; undefined: not yet known with whom.
export function useMail(personId: string | undefined): Mail {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [more, setMore] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const load = async (after: string | null) => {
    try {
      const { edges, pageInfo } = (await ask(MessagesDocument, { with: personId!, after })).viewer!.directMessages;
      setMessages((before) => merged(before ?? [], edges.map(({ node }) => node)));
      setMore(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
      setProblem("");
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const add = (message: Message) => setMessages((before) => merged(before ?? [], [message]));
  useEffect(() => {
    if (personId === undefined) return;
    const stop = arrived.subscribe((message) => {
      if (message && [message.sender.id, message.recipient.id].includes(personId)) add(message);
    });
    const stopReloading = restarted.subscribe(() => void load(null));
    return () => [stop, stopReloading].forEach((one) => one());
  }, [personId]);
  return { messages, problem, older: more ? () => void load(more) : null, add };
}

// The viewer's direct messages by pages, the newest first, with those that come in meanwhile.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { MessagesDocument, type MessageViewFragment, type PersonFragment } from "../generated/operations";
import { arrived } from "../session/events";
import { viewer } from "../session/session";

export type Message = MessageViewFragment;

export function otherOf({ sender, recipient }: Message): PersonFragment {
  return sender.id === viewer.value?.user.id ? recipient : sender;
}

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

// With one person; with everyone for null; undefined: not yet known with whom. Of one person for as long as it is used.
export function useMail(personId: string | null | undefined): Mail {
  const [messages, setMessages] = useState<Message[] | null>(null);
  const [more, setMore] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const load = async (after: string | null) => {
    try {
      const { edges, pageInfo } = (await ask(MessagesDocument, { with: personId, after })).viewer!.directMessages;
      const nodes = edges.map(({ node }) => node);
      setMessages((before) => merged(before ?? [], nodes));
      setMore(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const add = (message: Message) => setMessages((before) => merged(before ?? [], [message]));
  useEffect(() => {
    if (personId === undefined) return;
    void load(null);
    return arrived.subscribe((message) => {
      if (message && (personId === null || message.sender.id === personId)) add(message);
    });
  }, [personId]);
  return { messages, problem, older: more ? () => void load(more) : null, add };
}

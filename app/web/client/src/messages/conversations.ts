// The viewer's conversations by pages, the newest first, as they change.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { ConversationsDocument, type ConversationViewFragment } from "../generated/operations";
import { arrived, readElsewhere, restarted } from "../session/events";
import { oneAtATime } from "./unread";

export type Conversation = ConversationViewFragment;

// Each once, as the first list has it, the newest first.
function merged(newer: Conversation[], older: Conversation[]): Conversation[] {
  const each = new Map([...older, ...newer].map((one) => [one.id, one]));
  return [...each.values()].sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
}

export function useConversations() {
  const [conversations, setConversations] = useState<Conversation[] | null>(null);
  // Undefined until the end of the first page is known, null at the end of the list.
  const [more, setMore] = useState<string | null | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const load = async (after: string | null) => {
    try {
      const { edges, pageInfo } = (await ask(ConversationsDocument, { after })).viewer!.conversations;
      setConversations((before) => merged(edges.map(({ node }) => node), before ?? []));
      const end = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
      // The first page, asked for again, says nothing of where the last one ended.
      setMore((before) => (after === null && before !== undefined ? before : end));
      setProblem("");
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  useEffect(() => {
    const again = oneAtATime(() => load(null));
    again();
    const stops = [
      later(arrived, again),
      later(restarted, again),
      later(readElsewhere, (read) => {
        if (read) setConversations((before) => before && merged([read], before));
        // What was asked for before may come after this.
        again();
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  return { conversations, problem, older: more ? () => void load(more) : null };
}

// Every value but the present one.
function later<T>(of: { subscribe: (tell: (value: T) => void) => () => void }, tell: (value: T) => void): () => void {
  let present = true;
  const stop = of.subscribe((value) => {
    if (!present) tell(value);
  });
  present = false;
  return stop;
}

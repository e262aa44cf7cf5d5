// How many conversations have something unread, as the server counts them: asked for anew whenever that may be different.
import { effect, signal } from "@preact/signals";
import { ask } from "../api/ask";
import { UnreadDocument } from "../generated/operations";
import { token } from "../session/session";

const SHOWN = 99;

export const unread = signal(0);

// A number as a mark has it: the server counts no further than one more than is shown.
export const marked = (count: number) => (count > SHOWN ? `${SHOWN}+` : String(count));

effect(() => {
  if (!token.value) unread.value = 0;
});

export const countUnread = oneAtATime(async () => {
  const asking = token.peek();
  const { viewer } = await ask(UnreadDocument, {});
  if (token.peek() === asking) unread.value = viewer?.unreadConversationCount ?? 0;
});

// However often it is called meanwhile, it is done once more afterwards. What fails is done with the next call.
export function oneAtATime(act: () => Promise<void>): () => void {
  let busy = false;
  let again = false;
  const run = async () => {
    busy = true;
    do {
      again = false;
      await act().catch(() => {});
    } while (again);
    busy = false;
  };
  return () => {
    again = true;
    if (!busy) void run();
  };
}

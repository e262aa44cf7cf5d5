// Subscriptions over graphql-transport-ws: one socket for all, opened again by itself when it is lost.
import { signal } from "@preact/signals";
import { createClient, type Client } from "graphql-ws";
import type { TypedDocumentString } from "../generated/operations";
import { readToken } from "../session/token";
import { GRAPHQL } from "./ask";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const PING_MS = 10_000;
const PONG_MS = 5_000;

// False while a lost connection is being made anew: what is shown may be of a moment ago.
export const connected = signal(true);

export type Follower<R> = {
  onData: (data: R) => void;
  // The stream is over: by itself (null), or by what the API said no to.
  onEnd?: (problem: { code: string; message: string } | null) => void;
};

let client: Client | null = null;

// Ends every stream; the next ones are asked for by whoever is logged in then.
export function hangUpSocket(): void {
  void client?.dispose();
  client = null;
}

// Follows until the returned function is called. `variables` are asked for anew after each loss, so that a stream
// goes on after what came last.
export function follow<R, V extends Record<string, unknown>>(
  document: TypedDocumentString<R, V>,
  variables: () => V,
  { onData, onEnd }: Follower<R>,
): () => void {
  let stopped = false;
  let wait = FIRST_WAIT_MS;
  let unsubscribe = () => {};
  let timer = 0;
  const again = () => {
    connected.value = false;
    timer = window.setTimeout(start, wait * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const start = () => {
    client ??= open();
    unsubscribe = client.subscribe<R>(
      { query: document.toString(), variables: variables() },
      {
        next: ({ data, errors }) => {
          wait = FIRST_WAIT_MS;
          connected.value = true;
          if (errors?.[0]) end(errors[0]);
          else if (data) onData(data);
        },
        error: (error) => (stopped ? undefined : Array.isArray(error) ? end(error[0]) : again()),
        complete: () => end(null),
      },
    );
  };
  const end = (error: { message: string; extensions?: Record<string, unknown> } | null) => {
    if (stopped) return;
    stopped = true;
    onEnd?.(error && { code: String(error.extensions?.code ?? "INTERNAL"), message: error.message });
  };
  start();
  return () => {
    stopped = true;
    window.clearTimeout(timer);
    unsubscribe();
  };
}

function open(): Client {
  let socket: WebSocket | null = null;
  let deadline = 0;
  return createClient({
    url: `${location.origin.replace(/^http/, "ws")}${GRAPHQL}`,
    retryAttempts: 0,
    keepAlive: PING_MS,
    connectionParams: () => (readToken() ? { authorization: `Bearer ${readToken()}` } : {}),
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      // A network that is gone closes nothing: whoever does not answer a ping is taken for lost.
      ping: (received) => {
        if (!received) deadline = window.setTimeout(() => socket?.close(4408, "Ping unanswered"), PONG_MS);
      },
      pong: (received) => received && window.clearTimeout(deadline),
    },
  });
}

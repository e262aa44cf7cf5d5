// Queries and mutations over HTTP, typed by their documents.
import { token, logOutHere } from "../session/session";
import type { TypedDocumentString } from "../generated/operations";

export const GRAPHQL = "/graphql";

// What the API said no to as a whole, or that it could not be reached; `code` is of `extensions.code`, or OFFLINE.
export class ApiProblem extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

// How far the server's clock is ahead of this machine's, which may be wrong by any amount.
let aheadMs = 0;

// The time by the server's clock, to the second: what it says will end, ends by that.
export function serverNow(): number {
  return Date.now() + aheadMs;
}

// The operation's data. Throws ApiProblem; a token that is over logs out here.
export async function ask<R, V>(document: TypedDocumentString<R, V>, variables: V): Promise<R> {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: "application/json" };
  if (token.value) headers.Authorization = `Bearer ${token.value}`;
  const body = JSON.stringify({ query: document.toString(), variables });
  let answer: { data?: R; errors?: { message: string; extensions?: { code?: string } }[] };
  try {
    const response = await fetch(GRAPHQL, { method: "POST", headers, body });
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (date) aheadMs = date - Date.now();
    answer = await response.json();
  } catch {
    throw new ApiProblem("OFFLINE", "The server cannot be reached. Check your connection, then try again.");
  }
  const error = answer.errors?.[0];
  if (!error) return answer.data!;
  const code = error.extensions?.code ?? "INTERNAL";
  if (code === "UNAUTHENTICATED" && token.value) logOutHere();
  throw new ApiProblem(code, error.message);
}

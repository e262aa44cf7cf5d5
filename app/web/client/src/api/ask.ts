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

// The operation's data. Throws ApiProblem; a token that is over logs out here.
export async function ask<R, V>(document: TypedDocumentString<R, V>, variables: V): Promise<R> {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: "application/json" };
  if (token.value) headers.Authorization = `Bearer ${token.value}`;
  const body = JSON.stringify({ query: document.toString(), variables });
  let answer: { data?: R; errors?: { message: string; extensions?: { code?: string } }[] };
  try {
    answer = await (await fetch(GRAPHQL, { method: "POST", headers, body })).json();
  } catch {
    throw new ApiProblem("OFFLINE", "The server cannot be reached. Check your connection, then try again.");
  }
  const error = answer.errors?.[0];
  if (!error) return answer.data!;
  const code = error.extensions?.code ?? "INTERNAL";
  if (code === "UNAUTHENTICATED" && token.value) logOutHere();
  throw new ApiProblem(code, error.message);
}

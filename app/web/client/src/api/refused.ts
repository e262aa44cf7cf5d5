// Mutations: what rules said no to is shown at its field, or told in passing.
import type { TypedDocumentString } from "../generated/operations";
import { tell } from "../ui/notices";
import { ApiProblem, ask } from "./ask";

export type Refusal = { code: string; message: string; field?: string | null };
type Payload = { userErrors: Refusal[] };

// The payload of a mutation with one root field. Throws ApiProblem where the API as a whole said no.
export async function attempt<R extends Record<keyof R, Payload>, V>(
  document: TypedDocumentString<R, V>,
  variables: V,
): Promise<R[keyof R]> {
  const [payload] = Object.values(await ask(document, variables)) as R[keyof R][];
  return payload!;
}

// The same where there is no form to show a refusal in: it is told in passing. Null where there was one.
export async function act<R extends Record<keyof R, Payload>, V>(
  document: TypedDocumentString<R, V>,
  variables: V,
): Promise<R[keyof R] | null> {
  try {
    const payload = await attempt(document, variables);
    const [refusal] = payload.userErrors;
    if (!refusal) return payload;
    tell(refusal.message);
  } catch (problem) {
    tell(problem instanceof ApiProblem ? problem.message : "Something went wrong in this page.");
  }
  return null;
}

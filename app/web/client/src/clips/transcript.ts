// What was said in a recorded Space, all of it, by when.
import { ask } from "../api/ask";
import { type ClipViewFragment, TranscriptDocument } from "../generated/operations";

export type Phrase = ClipViewFragment["transcript"][number];

export async function transcriptOf(spaceId: string): Promise<Phrase[]> {
  const all: Phrase[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof pageOf>> = await pageOf(spaceId, after);
    all.push(...(page?.edges.map(({ node }) => node) ?? []));
    after = page?.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  } while (after);
  return all;
}

async function pageOf(spaceId: string, after: string | null) {
  return (await ask(TranscriptDocument, { spaceId, after })).space?.transcript ?? null;
}

export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), String(seconds % 60).padStart(2, "0")];
  return hours ? `${hours}:${String(minutes % 60).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

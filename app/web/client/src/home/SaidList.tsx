// What was said in recorded Spaces, by its words; each leads to its place in the recording.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { SearchTranscriptsDocument, type SearchTranscriptsQuery } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { short } from "../spaces/when";
import { Link, placeAddress } from "../ui/router";

type Phrase = SearchTranscriptsQuery["searchTranscripts"]["edges"][number]["node"];

export function SaidList({ query }: { query: string }) {
  const [phrases, setPhrases] = useState<Phrase[]>([]);
  const [more, setMore] = useState<string | null>(null);
  const [said, say] = useState("");
  const load = async (after: string | null, current: () => boolean) => {
    try {
      const { edges, pageInfo } = (await ask(SearchTranscriptsDocument, { query, after })).searchTranscripts;
      if (!current()) return;
      const nodes = edges.map(({ node }) => node);
      setPhrases((before) => (after ? [...before, ...nodes] : nodes));
      setMore(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
      say(nodes.length ? "" : "Nobody said that where it was recorded.");
    } catch (problem) {
      if (current()) say((problem as Error).message);
    }
  };
  useEffect(() => {
    let current = true;
    setPhrases([]);
    setMore(null);
    if (query) void load(null, () => current);
    else say("Write whole words that somebody said.");
    return () => void (current = false);
  }, [query]);
  return (
    <>
      <ul class="space-list">
        {phrases.filter(({ space }) => space).map((phrase) => (
          <Hit key={`${phrase.space!.id} ${phrase.startOffsetMs} ${phrase.speaker.id}`} phrase={phrase} />
        ))}
      </ul>
      {said && (
        <p class="quiet" role="status">
          {said}
        </p>
      )}
      {more && <button onClick={() => void load(more, () => true)}>More</button>}
    </>
  );
}

function Hit({ phrase: { text, startOffsetMs, at, speaker, space } }: { phrase: Phrase }) {
  return (
    <li class="card">
      <Link href={placeAddress(space!.id, startOffsetMs)}>
        <span class="row">
          <Avatar person={speaker} />
          <span>
            {speaker.displayName} <span class="quiet">{short(at)}</span>
          </span>
        </span>
        <q>{text}</q>
        <span class="quiet">in {space!.title}</span>
      </Link>
    </li>
  );
}

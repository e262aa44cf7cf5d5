// The Spaces tab: what is on, what is to come and what has been, by title, topic and what was said.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { type ListedState, TopicsDocument } from "../generated/operations";
import { SaidList } from "./SaidList";
import { SpaceList } from "./SpaceList";

const STATES: Record<ListedState, string> = { LIVE: "Live", SCHEDULED: "Upcoming", ENDED: "Ended" };
const TYPING_MS = 250;

export function SpacesTab() {
  const [state, setState] = useState<ListedState | "SAID">("LIVE");
  const [typed, setTyped] = useState("");
  const [query, setQuery] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQuery(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const searchFor = state === "SAID" ? "Search what was said" : "Search by title";
  return (
    <>
      <h1>Spaces</h1>
      <div class="row wrap filters">
        <div class="segments" role="group" aria-label="Which Spaces">
          {(Object.keys(STATES) as ListedState[]).map((one) => (
            <button key={one} aria-pressed={one === state} onClick={() => setState(one)}>
              {STATES[one]}
            </button>
          ))}
          <button aria-pressed={state === "SAID"} onClick={() => setState("SAID")}>
            Said
          </button>
        </div>
        <input
          type="search"
          aria-label={searchFor}
          placeholder={searchFor}
          maxLength={70}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      {state === "SAID" ? <SaidList query={query} /> : <ByTopic state={state} query={query} />}
    </>
  );
}

function ByTopic({ state, query }: { state: ListedState; query: string }) {
  const [topics, setTopics] = useState<string[]>([]);
  const [topic, setTopic] = useState<string | null>(null);
  useEffect(() => void ask(TopicsDocument, {}).then((answer) => setTopics(answer.topics), () => {}), []);
  return (
    <>
      <div class="chips" role="group" aria-label="Topic">
        {topics.map((one) => (
          <button key={one} aria-pressed={one === topic} onClick={() => setTopic(one === topic ? null : one)}>
            {one}
          </button>
        ))}
      </div>
      <SpaceList
        filter={{ state, query: query || null, topics: topic ? [topic] : null }}
        none="There is none. Try another topic, or open a Space of your own."
      />
    </>
  );
}

// A list of Spaces by pages.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { type SpaceCardFragment, SpacesDocument, type SpaceFilter } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { short } from "../spaces/when";
import { Link, spaceAddress } from "../ui/router";

export function SpaceList({ filter, none }: { filter: SpaceFilter; none: string }) {
  const [spaces, setSpaces] = useState<SpaceCardFragment[] | null>(null);
  const [more, setMore] = useState<string | null>(null);
  const [said, say] = useState("");
  const asked = JSON.stringify(filter);
  const load = async (after: string | null, current: () => boolean) => {
    try {
      const { edges, pageInfo } = (await ask(SpacesDocument, { filter, after })).spaces;
      if (!current()) return;
      const nodes = edges.map(({ node }) => node);
      setSpaces((before) => (after && before ? [...before, ...nodes] : nodes));
      setMore(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
      say(nodes.length ? "" : none);
    } catch (problem) {
      if (current()) say((problem as Error).message);
    }
  };
  useEffect(() => {
    let current = true;
    void load(null, () => current);
    return () => void (current = false);
  }, [asked]);
  return (
    <>
      <ul class="space-list">{spaces?.map((space) => <SpaceCard key={space.id} space={space} />)}</ul>
      {said && (
        <p class="quiet" role="status">
          {said}
        </p>
      )}
      {more && <button onClick={() => void load(more, () => true)}>More</button>}
    </>
  );
}

export function SpaceCard({ space }: { space: SpaceCardFragment }) {
  const faces = space.stage.length ? space.stage.map(({ user }) => user) : [space.host];
  return (
    <li class={space.state === "LIVE" ? "card live-card" : "card"}>
      <Link href={spaceAddress(space.id)}>
        <span class="badge">{about(space)}</span>
        <strong>{space.title}</strong>
        <span class="row">
          <span class="faces">
            {faces.slice(0, 4).map((person) => (
              <Avatar key={person.id} person={person} />
            ))}
          </span>
          <span>
            {space.host.displayName}
            {space.topics.length > 0 && ` · ${space.topics.join(", ")}`}
          </span>
        </span>
      </Link>
    </li>
  );
}

function about(space: SpaceCardFragment): string {
  if (space.state === "LIVE") return `Live · ${space.listenerCount + space.anonymousListenerCount} listening`;
  if (space.state === "SCHEDULED" || space.state === "PREPARING") return short(space.scheduledStart!);
  return space.endedAt ? `Ended ${short(space.endedAt)}` : "Ended";
}

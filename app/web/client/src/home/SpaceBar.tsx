// The space bar: live Spaces in which someone whom the viewer follows is to be found, kept current.
import { useEffect, useState } from "preact/hooks";
import { follow } from "../api/follow";
import { SpaceBarDocument, type SpaceBarSubscription } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { Link, spaceAddress } from "../ui/router";

type Entry = SpaceBarSubscription["spaceBarUpdated"][number];

export function SpaceBar() {
  const [entries, setEntries] = useState<Entry[]>([]);
  useEffect(
    () => follow(SpaceBarDocument, () => ({}), { onData: ({ spaceBarUpdated }) => setEntries(spaceBarUpdated) }),
    [],
  );
  if (!entries.length) return null;
  return (
    <section aria-label="Live Spaces of people you follow">
      <ul class="space-bar">
        {entries.map(({ space, reasons, followedCount }) => (
          <li key={space.id}>
            <Link href={spaceAddress(space.id)}>
              <span class="faces">
                {reasons.slice(0, 3).map(({ user }) => (
                  <Avatar key={user.id} person={user} />
                ))}
              </span>
              <strong>{space.title}</strong>
              <span>{why(reasons, followedCount)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function why(reasons: Entry["reasons"], count: number): string {
  const [first] = reasons;
  if (!first) return "Live";
  const does = { HOST: "hosts", COHOST: "co-hosts", SPEAKER: "speaks", LISTENER: "listens" }[first.role];
  return count > 1 ? `${first.user.displayName} and ${count - 1} more` : `${first.user.displayName} ${does}`;
}

// A person: what they wrote and plan, and whether the viewer follows or blocks them.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import {
  BlockDocument,
  FollowDocument,
  ProfileDocument,
  type ProfileQuery,
  UnblockDocument,
  UnfollowDocument,
} from "../generated/operations";
import { SpaceCard } from "../home/SpaceList";
import { PostCard } from "../posts/PostCard";
import { ReportButton } from "../reports/ReportButton";
import { viewer } from "../session/session";
import { Link } from "../ui/router";
import { Avatar } from "./Avatar";

type Person = NonNullable<ProfileQuery["user"]>;

export function Profile({ handle }: { handle: string }) {
  const [person, setPerson] = useState<Person | null | undefined>(undefined);
  const load = () => void ask(ProfileDocument, { handle }).then(({ user }) => setPerson(user ?? null), () => setPerson(null));
  useEffect(load, [handle]);
  if (person === undefined) return <p class="quiet">One moment …</p>;
  if (person === null) return <h1>There is nobody of this handle</h1>;
  const spaces = person.scheduledSpaces.edges;
  return (
    <>
      <header class="profile">
        <Avatar person={person} />
        <div class="grow">
          <h1>{person.displayName}</h1>
          <p class="quiet">@{person.handle}</p>
          {person.bio && <p>{person.bio}</p>}
          <p>
            <strong>{person.followerCount}</strong> followers · follows <strong>{person.followingCount}</strong>
          </p>
        </div>
        {viewer.value && viewer.value.user.id !== person.id && <Ties person={person} onChange={load} />}
      </header>
      {spaces.length > 0 && (
        <>
          <h2>To come</h2>
          <ul class="space-list">{spaces.map(({ node }) => <SpaceCard key={node.id} space={node} />)}</ul>
        </>
      )}
      <h2>Posts</h2>
      {person.posts.edges.map(({ node }) => (
        <PostCard key={node.id} post={node} />
      ))}
      {!person.posts.edges.length && <p class="quiet">None yet.</p>}
    </>
  );
}

function Ties({ person, onChange }: { person: Person; onChange: () => void }) {
  const input = { userId: person.id };
  const run = (action: Promise<unknown>) => void action.then(onChange);
  return (
    <div class="stack">
      <Link href={`/messages/${person.handle}`} class="button">
        Message
      </Link>
      <button
        class={person.viewerFollows ? "" : "primary"}
        onClick={() => run(person.viewerFollows ? act(UnfollowDocument, { input }) : act(FollowDocument, { input }))}
      >
        {person.viewerFollows ? "Unfollow" : "Follow"}
      </button>
      <button
        class="danger"
        onClick={() => run(person.viewerBlocks ? act(UnblockDocument, { input }) : act(BlockDocument, { input }))}
      >
        {person.viewerBlocks ? "Unblock" : "Block"}
      </button>
      <ReportButton of={{ userId: person.id }} />
    </div>
  );
}

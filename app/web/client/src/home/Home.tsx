// Home: live Spaces of whom one follows on top, then their Posts; for whoever is not logged in, what is on.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { attempt, type Refusal } from "../api/refused";
import { CreatePostDocument, type PostViewFragment, TimelineDocument } from "../generated/operations";
import { PostCard } from "../posts/PostCard";
import { viewer } from "../session/session";
import { Refusals } from "../ui/Field";
import { Link } from "../ui/router";
import { SpaceBar } from "./SpaceBar";
import { SpaceList } from "./SpaceList";

export function Home() {
  if (!viewer.value) return <Welcome />;
  return (
    <>
      <h1 class="sr-only">Home</h1>
      <SpaceBar />
      <Timeline />
    </>
  );
}

function Welcome() {
  return (
    <>
      <section class="hero">
        <h1>Talk, live. Listen, anywhere.</h1>
        <p>Anyone may listen. With an account you react, raise a hand, and open Spaces of your own.</p>
        <div class="row center">
          <Link href="/sign-up" class="button primary">
            Sign up
          </Link>
          <Link href="/log-in" class="button">
            Log in
          </Link>
        </div>
      </section>
      <h2>Live now</h2>
      <SpaceList filter={{ state: "LIVE" }} none="Nothing is live at the moment." />
    </>
  );
}

function Timeline() {
  const [posts, setPosts] = useState<PostViewFragment[] | null>(null);
  const [more, setMore] = useState<string | null>(null);
  const load = async (after: string | null) => {
    const { edges, pageInfo } = (await ask(TimelineDocument, { after })).timeline!;
    const nodes = edges.map(({ node }) => node);
    setPosts((before) => (after && before ? [...before, ...nodes] : nodes));
    setMore(pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null);
  };
  useEffect(() => void load(null).catch(() => setPosts([])), []);
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <Compose onPosted={() => void load(null)} />
      {posts?.map((post) => <PostCard key={post.id} post={post} />)}
      {posts?.length === 0 && (
        <p class="quiet">
          Posts of people you follow come here. Find people on the stages of <Link href="/spaces">Spaces</Link>.
        </p>
      )}
      {more && <button onClick={() => void load(more)}>More</button>}
    </section>
  );
}

function Compose({ onPosted }: { onPosted: () => void }) {
  const [refusals, refuse] = useState<Refusal[]>([]);
  const post = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get("text"));
    const { userErrors } = await attempt(CreatePostDocument, { input: { text } });
    refuse(userErrors);
    if (userErrors.length) return;
    form.reset();
    onPosted();
  };
  return (
    <form class="card compose" onSubmit={(event) => void post(event)}>
      <label class="sr-only" for="compose">
        What do you want to say?
      </label>
      <textarea id="compose" name="text" rows={2} maxLength={280} placeholder="What do you want to say?" required />
      <Refusals of={refusals} fields={[]} />
      <button class="primary">Post</button>
    </form>
  );
}

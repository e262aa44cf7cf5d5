// Showing a Post to everyone in a Space: one just written, or one of the timeline.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act, attempt, type Refusal } from "../api/refused";
import {
  CreatePostDocument,
  type PostViewFragment,
  SharePostDocument,
  TimelineDocument,
} from "../generated/operations";
import { PostCard } from "../posts/PostCard";
import { Dialog } from "../ui/Dialog";
import { Field, Refusals } from "../ui/Field";
import type { Room } from "./room";

export function ShowPostButton({ room }: { room: Room }) {
  const [open, setOpen] = useState(false);
  if (!room.may("SHARE_POST")) return null;
  return (
    <>
      <button onClick={() => setOpen(true)}>Show a Post</button>
      {open && <ShowPost room={room} onClose={() => setOpen(false)} />}
    </>
  );
}

function ShowPost({ room, onClose }: { room: Room; onClose: () => void }) {
  const [posts, setPosts] = useState<PostViewFragment[] | null>(null);
  const [refusals, refuse] = useState<Refusal[]>([]);
  useEffect(
    () =>
      void ask(TimelineDocument, { after: null }).then(
        ({ timeline }) => setPosts(timeline?.edges.map(({ node }) => node) ?? []),
        () => setPosts([]),
      ),
    [],
  );
  const show = async (postId: string) => {
    if (await act(SharePostDocument, { input: { spaceId: room.id, postId } })) onClose();
  };
  const write = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text"));
    const { post, userErrors } = await attempt(CreatePostDocument, { input: { text } });
    refuse(userErrors);
    if (post) await show(post.id);
  };
  const shown = new Set(room.space.value!.sharedPosts.edges.map(({ node }) => node.post?.id));
  return (
    <Dialog title="Show a Post" onClose={onClose}>
      <form class="row wrap end" onSubmit={(event) => void write(event)}>
        <Field label="A new Post" name="text" maxLength={280} required refusals={refusals} />
        <button class="primary">Post and show</button>
      </form>
      <Refusals of={refusals} fields={["text"]} />
      {posts?.filter(({ id }) => !shown.has(id)).map((post) => (
        <div key={post.id} class="shared">
          <PostCard post={post} />
          <button aria-label={`Show the Post by ${post.author.displayName}: ${post.text}`} onClick={() => void show(post.id)}>
            Show
          </button>
        </div>
      ))}
    </Dialog>
  );
}

// Posts that are shown to everyone in a Space.
import { act } from "../api/refused";
import { UnsharePostDocument } from "../generated/operations";
import { PostCard } from "../posts/PostCard";
import { viewer } from "../session/session";
import type { Room } from "./room";
import { ShowPostButton } from "./ShowPost";

export function SharedPosts({ room }: { room: Room }) {
  const shared = room.space.value!.sharedPosts.edges.map(({ node }) => node).filter(({ post }) => post);
  if (!shared.length && !room.may("SHARE_POST")) return null;
  return (
    <section aria-labelledby="shared-title">
      <div class="row">
        <h2 id="shared-title" class="grow">
          Shared here
        </h2>
        <ShowPostButton room={room} />
      </div>
      {shared.map(({ post, sharedBy }) => (
        <div key={post!.id} class="shared">
          <PostCard post={post!} />
          <p class="quiet row">
            Shown by {sharedBy.displayName}
            {(sharedBy.id === viewer.value?.user.id || room.may("ANSWER_REQUESTS")) && (
              <button onClick={() => void act(UnsharePostDocument, { input: { spaceId: room.id, postId: post!.id } })}>
                Take down
              </button>
            )}
          </p>
        </div>
      ))}
    </section>
  );
}

// One Post, with its card.
import { ClipSound } from "../clips/ClipSound";
import type { PostViewFragment } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { short } from "../spaces/when";
import { clipAddress, Link, spaceAddress } from "../ui/router";

export function PostCard({ post }: { post: PostViewFragment }) {
  return (
    <article class="post">
      <Avatar person={post.author} />
      <div class="grow">
        <p class="by">
          <Link href={`/people/${post.author.handle}`}>{post.author.displayName}</Link>{" "}
          <span class="quiet">
            @{post.author.handle} · <time dateTime={post.createdAt}>{short(post.createdAt)}</time>
          </span>
        </p>
        {post.text && <p>{post.text}</p>}
        {post.card && <Card card={post.card} />}
      </div>
    </article>
  );
}

export function Card({ card }: { card: NonNullable<PostViewFragment["card"]> }) {
  switch (card.__typename) {
    case "Space":
      return (
        <Link href={spaceAddress(card.id)} class="space-card">
          <span class="quiet">{card.state === "LIVE" ? "Live now" : card.state === "ENDED" ? "Ended" : "Space"}</span>
          <strong>{card.title}</strong>
          <span>{card.host.displayName}</span>
        </Link>
      );
    case "Clip":
      return (
        <figure class="clip">
          <ClipSound clip={card} label={`Clip by ${card.creator.displayName}`} preload="none" />
          <figcaption class="quiet">
            <Link href={clipAddress(card.id)}>Clip of {Math.round(card.durationMs / 1000)} s</Link>, cut by {card.creator.displayName}
          </figcaption>
        </figure>
      );
    case "Post":
      return (
        <blockquote>
          <strong>{card.author.displayName}</strong> {card.text}
        </blockquote>
      );
    default:
      return <p class="quiet">What was shown here is gone.</p>;
  }
}

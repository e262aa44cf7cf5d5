// Reactions: the row to send them by, and those of everyone flying up.
import { act } from "../api/refused";
import { ReactDocument } from "../generated/operations";
import type { Room } from "./room";

export function ReactionRow({ room }: { room: Room }) {
  if (!room.may("REACT")) return null;
  return (
    <div class="reaction-row" role="group" aria-label="React">
      {room.space.value!.availableReactions.map((emoji) => (
        <button
          key={emoji}
          class="plain"
          aria-label={`React with ${emoji}`}
          onClick={() => void act(ReactDocument, { input: { spaceId: room.id, emoji } })}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}

export function FlyingReactions({ room }: { room: Room }) {
  return (
    <div class="sky" aria-hidden="true">
      {room.reactions.value.map(({ key, emoji, count, from }) => (
        <span key={key} class="flying" style={{ left: `${(key * 37) % 36}%` }}>
          <span class="emoji">{emoji}</span>
          <small>{count > 1 ? `× ${count}` : from[0]?.displayName}</small>
        </span>
      ))}
    </div>
  );
}

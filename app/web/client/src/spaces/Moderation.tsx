// For host and co-hosts: who was removed, and may be let in again; for the host, what moderators did.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../api/ask";
import { act } from "../api/refused";
import { type ModerationAction, ModerationDocument, type ModerationQuery, ReadmitDocument } from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { Dialog } from "../ui/Dialog";
import type { Room } from "./room";
import { short } from "./when";

const DID: Record<ModerationAction, string> = {
  MUTED: "muted",
  REMOVED_FROM_STAGE: "took from the stage",
  REQUEST_ACCEPTED: "let speak",
  REQUEST_DECLINED: "declined the hand of",
  INVITED: "invited",
  INVITATION_REVOKED: "took back the invitation of",
  MADE_HOST: "made host",
  POST_UNSHARED: "took down a Post of",
  REMOVED: "removed",
  BLOCKED: "blocked",
  READMITTED: "let in again",
  ENDED_BY_OPERATOR: "ended the Space of",
};

export function Moderation({ room, onClose }: { room: Room; onClose: () => void }) {
  const [known, setKnown] = useState<ModerationQuery | null>(null);
  const load = () =>
    ask(ModerationDocument, { spaceId: room.id, log: room.may("READ_MODERATION_LOG") }).then(setKnown, () => {});
  useEffect(() => void load(), []);
  const removed = known?.space?.removals?.edges.map(({ node }) => node) ?? [];
  const entries = known?.moderationLog?.edges.map(({ node }) => node) ?? [];
  return (
    <Dialog title="Moderation" onClose={onClose}>
      <h3>Removed</h3>
      {!removed.length && <p class="quiet">Nobody.</p>}
      <ul class="people">
        {removed.map(({ user }) => (
          <li key={user.id}>
            <Avatar person={user} />
            <span class="grow">{user.displayName}</span>
            <button
              onClick={() => void act(ReadmitDocument, { input: { spaceId: room.id, userId: user.id } }).then(load)}
              aria-label={`Let in again: ${user.displayName}`}
            >
              Let in again
            </button>
          </li>
        ))}
      </ul>
      {known?.moderationLog && <h3>What moderators did</h3>}
      <ul class="stack">
        {entries.map(({ version, actor, action, target, reason, at }) => (
          <li key={`${version} ${action} ${target.id}`}>
            <strong>{actor.displayName}</strong> {DID[action]} <strong>{target.displayName}</strong>
            {reason && `: ${reason}`} <span class="quiet">· {short(at)}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

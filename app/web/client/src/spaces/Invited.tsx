// An invitation to the stage, to be answered.
import { act } from "../api/refused";
import { AcceptInvitationDocument, DeclineInvitationDocument } from "../generated/operations";
import type { Room } from "./room";

export function Invited({ room }: { room: Room }) {
  const invitation = room.standing.value?.viewerInvitation;
  const { state } = room.space.value!;
  if (!invitation || (state !== "LIVE" && state !== "PREPARING")) return null;
  const input = { spaceId: room.id, invitationId: invitation.id };
  const accept = async () => {
    if (await act(AcceptInvitationDocument, { input })) void room.sound.listen();
    void room.refresh();
  };
  const decline = async () => {
    await act(DeclineInvitationDocument, { input });
    void room.refresh();
  };
  return (
    <section class="card accent" role="alert">
      <p>
        <strong>{invitation.invitedBy.displayName}</strong> invites you to the stage as{" "}
        {invitation.role === "COHOST" ? "a co-host" : "a speaker"}.
      </p>
      <div class="row">
        <button class="primary" onClick={() => void accept()}>
          Accept
        </button>
        <button onClick={() => void decline()}>Decline</button>
      </div>
    </section>
  );
}

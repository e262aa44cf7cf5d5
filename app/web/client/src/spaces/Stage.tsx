// The stage: who has a seat, who speaks and how loud, and what moderators may do to them.
import { useState } from "preact/hooks";
import { act } from "../api/refused";
import {
  InviteDocument,
  MuteParticipantDocument,
  RemoveFromStageDocument,
  RemoveParticipantDocument,
  type SeatFragment,
  TransferHostDocument,
} from "../generated/operations";
import { Avatar } from "../people/Avatar";
import { viewer } from "../session/session";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { Link } from "../ui/router";
import type { Room } from "./room";

const ORDER = ["HOST", "COHOST", "SPEAKER", "LISTENER"];
const NAMES: Record<string, string> = { HOST: "Host", COHOST: "Co-host", SPEAKER: "Speaker" };

export function Stage({ room }: { room: Room }) {
  const [chosen, choose] = useState<string | null>(null);
  const seats = room.space.value!.stage.toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const seat = seats.find(({ user }) => user.id === chosen);
  return (
    <section aria-labelledby="stage-title">
      <h2 id="stage-title">On stage</h2>
      <ul class="stage">
        {seats.map((one) => (
          <Seat key={one.user.id} seat={one} room={room} onChoose={() => choose(one.user.id)} />
        ))}
      </ul>
      {seat && <SeatDialog seat={seat} room={room} onClose={() => choose(null)} />}
    </section>
  );
}

function Seat({ seat, room, onChoose }: { seat: SeatFragment; room: Room; onChoose: () => void }) {
  const voice = room.levels.value.get(seat.user.id);
  const speaks = !seat.isMuted && (voice?.isSpeaking ?? false);
  const said = seat.isMuted ? "microphone off" : speaks ? "speaking" : "microphone on";
  return (
    <li class={speaks ? "seat speaks" : "seat"}>
      <button
        type="button"
        onClick={onChoose}
        style={{ "--level": speaks ? voice!.level : 0 }}
      >
        <span class="ring">
          <Avatar person={seat.user} />
        </span>
        <span class="name">
          {seat.user.displayName}
          <span class="sr-only">, </span>
        </span>
        <span class="quiet">
          {NAMES[seat.role]}
          <span class="sr-only">, {said}</span> <Icon name={seat.isMuted ? "muted" : "microphone"} />
        </span>
      </button>
    </li>
  );
}

function SeatDialog({ seat, room, onClose }: { seat: SeatFragment; room: Room; onClose: () => void }) {
  const input = { spaceId: room.id, userId: seat.user.id };
  const mine = seat.user.id === viewer.value?.user.id;
  const others = !mine && seat.role !== "HOST" && (room.may("INVITE_COHOST") || seat.role === "SPEAKER");
  const run = (action: Promise<unknown>) => void action.then(onClose);
  return (
    <Dialog title={seat.user.displayName} onClose={onClose}>
      <p class="quiet">
        @{seat.user.handle} · {NAMES[seat.role]}
      </p>
      <div class="stack">
        <Link href={`/people/${seat.user.handle}`} class="button">
          Profile
        </Link>
        {others && room.may("MUTE_OTHERS") && !seat.isMuted && (
          <button onClick={() => run(act(MuteParticipantDocument, { input }))}>Mute</button>
        )}
        {others && room.may("INVITE_COHOST") && seat.role === "SPEAKER" && (
          <button onClick={() => run(act(InviteDocument, { input: { ...input, role: "COHOST" } }))}>Invite as co-host</button>
        )}
        {others && room.may("TRANSFER_HOST") && seat.role === "COHOST" && (
          <button onClick={() => run(act(TransferHostDocument, { input }))}>Make host</button>
        )}
        {others && room.may("REMOVE_FROM_STAGE") && (
          <button onClick={() => run(act(RemoveFromStageDocument, { input }))}>Move to listeners</button>
        )}
        {mine && room.may("STEP_DOWN") && (
          <button onClick={() => run(act(RemoveFromStageDocument, { input }))}>Leave the stage</button>
        )}
        {others && room.may("REMOVE_PARTICIPANT") && (
          <button class="danger" onClick={() => run(act(RemoveParticipantDocument, { input: { ...input, action: "REMOVE" } }))}>
            Remove from the Space
          </button>
        )}
      </div>
    </Dialog>
  );
}

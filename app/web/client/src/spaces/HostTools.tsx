// What the host, and in part co-hosts, do with the whole Space: as far as the API says that the viewer may.
import { useState } from "preact/hooks";
import { act, attempt, type Refusal } from "../api/refused";
import {
  EndSpaceDocument,
  MuteAllDocument,
  RenameSpaceDocument,
  SetClippingAllowedDocument,
  SetSpeakPolicyDocument,
  type SpeakPolicy,
  StartSpaceDocument,
} from "../generated/operations";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { InvitePeople } from "./InvitePeople";
import { Moderation } from "./Moderation";
import type { Room } from "./room";

const POLICIES: Record<SpeakPolicy, string> = {
  EVERYONE: "Everyone may ask to speak",
  FOLLOWED_BY_HOST: "People the host follows may ask",
  INVITED_ONLY: "Only whom you invite",
};

export function HostTools({ room }: { room: Room }) {
  const [open, setOpen] = useState<"settings" | "invite" | "moderation" | null>(null);
  const input = { spaceId: room.id };
  const settings = room.may("RENAME") || room.may("SET_SPEAK_POLICY");
  if (!settings && !room.may("INVITE_SPEAKER") && !room.may("START")) return null;
  return (
    <section aria-label="Host tools" class="row wrap tools">
      {room.may("START") && (
        <button class="primary" onClick={() => void act(StartSpaceDocument, { input })}>
          Go live
        </button>
      )}
      {room.may("INVITE_SPEAKER") && <button onClick={() => setOpen("invite")}>Invite to speak</button>}
      {room.may("MUTE_OTHERS") && <button onClick={() => void act(MuteAllDocument, { input })}>Mute all</button>}
      {room.may("REMOVE_PARTICIPANT") && <button onClick={() => setOpen("moderation")}>Moderation</button>}
      {settings && <button onClick={() => setOpen("settings")}>Settings</button>}
      {open === "moderation" && <Moderation room={room} onClose={() => setOpen(null)} />}
      {open === "settings" && <Settings room={room} onClose={() => setOpen(null)} />}
      {open === "invite" && <InvitePeople room={room} onClose={() => setOpen(null)} />}
    </section>
  );
}

function Settings({ room, onClose }: { room: Room; onClose: () => void }) {
  const space = room.space.value!;
  const [refusals, refuse] = useState<Refusal[]>([]);
  const input = { spaceId: room.id };
  const rename = async (event: SubmitEvent) => {
    event.preventDefault();
    const title = String(new FormData(event.target as HTMLFormElement).get("title"));
    const { userErrors } = await attempt(RenameSpaceDocument, { input: { ...input, title } });
    refuse(userErrors);
  };
  return (
    <Dialog title="Settings" onClose={onClose}>
      {room.may("RENAME") && (
        <form class="row end" onSubmit={(event) => void rename(event)}>
          <Field label="Title" name="title" defaultValue={space.title} maxLength={70} refusals={refusals} />
          <button>Rename</button>
        </form>
      )}
      {room.may("SET_SPEAK_POLICY") && (
        <fieldset>
          <legend>Who may speak</legend>
          {(Object.keys(POLICIES) as SpeakPolicy[]).map((speakPolicy) => (
            <label key={speakPolicy} class="choice">
              <input
                type="radio"
                name="policy"
                checked={space.speakPolicy === speakPolicy}
                onChange={() => void act(SetSpeakPolicyDocument, { input: { ...input, speakPolicy } })}
              />
              {POLICIES[speakPolicy]}
            </label>
          ))}
        </fieldset>
      )}
      {room.may("SET_CLIPPING_ALLOWED") && (
        <label class="choice">
          <input
            type="checkbox"
            checked={space.clippingAllowed}
            onChange={() =>
              void act(SetClippingAllowedDocument, { input: { ...input, clippingAllowed: !space.clippingAllowed } })
            }
          />
          Clips may be made
        </label>
      )}
    </Dialog>
  );
}

export function EndButton({ room }: { room: Room }) {
  const [sure, setSure] = useState(false);
  if (!room.may("END")) return null;
  return (
    <>
      <button class="danger" onClick={() => setSure(true)}>
        End
      </button>
      {sure && (
        <Dialog title="End this Space?" onClose={() => setSure(false)}>
          <p>It ends for everyone, for good.</p>
          <button class="danger" onClick={() => void act(EndSpaceDocument, { input: { spaceId: room.id } })}>
            End the Space
          </button>
        </Dialog>
      )}
    </>
  );
}

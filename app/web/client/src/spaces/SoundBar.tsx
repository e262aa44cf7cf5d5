// The bar at the foot of a live Space: come in, listen, raise a hand, speak, react, share, leave.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { act } from "../api/refused";
import {
  CancelSpeakRequestDocument,
  JoinSpaceDocument,
  LeaveSpaceDocument,
  RequestToSpeakDocument,
  SetMutedDocument,
} from "../generated/operations";
import { ClipButton } from "../clips/ClipButton";
import { viewer } from "../session/session";
import { tellWhy } from "../sound/sound";
import { Icon } from "../ui/Icon";
import { go, Link } from "../ui/router";
import { EndButton } from "./HostTools";
import { MicrophoneMenu } from "./MicrophoneMenu";
import { ReactionRow } from "./Reactions";
import { exit, type Room } from "./room";
import { ShareButton } from "./Share";

export function SoundBar({ room }: { room: Room }) {
  const hearing = room.sound.hearing.value;
  return (
    <footer class="sound-bar" aria-label="Sound">
      {hearing === "off" ? <Enter room={room} /> : <Inside room={room} />}
      {hearing === "on" && room.sound.paused.value && (
        <button class="primary" onClick={() => room.sound.resume()}>
          Go on listening
        </button>
      )}
      {hearing === "connecting" && <p role="status">Connecting the sound …</p>}
      {hearing === "lost" && <p role="status">The sound is lost. It comes back by itself …</p>}
    </footer>
  );
}

// Being in the Space, and hearing it, begin by one click: browsers let no page sound before.
async function comeIn(room: Room): Promise<void> {
  const sound = room.sound.listen();
  // Whoever is quick comes in before the page knows what they may do.
  if (!room.standing.peek()) await room.refresh();
  if (room.may("JOIN")) await act(JoinSpaceDocument, { input: { spaceId: room.id } });
  await room.refresh();
  await sound;
}

function Enter({ room }: { room: Room }) {
  const onStage = room.standing.value && room.standing.value.viewerRole !== "LISTENER";
  const live = room.space.value!.state === "LIVE";
  return (
    <div class="row wrap center">
      {live && (
        <button class="primary big" onClick={() => void comeIn(room)}>
          {onStage ? "Connect the sound" : "Start listening"}
        </button>
      )}
      {!viewer.value && (
        <p class="quiet">
          Nobody sees you listen. <Link href={`/log-in?to=${location.pathname}`}>Log in</Link> to react or speak.
        </p>
      )}
      <ShareButton room={room} />
      <EndButton room={room} />
    </div>
  );
}

function Inside({ room }: { room: Room }) {
  const leave = async () => {
    if (viewer.value) await act(LeaveSpaceDocument, { input: { spaceId: room.id } });
    exit();
    go("/");
  };
  return (
    <>
      <ReactionRow room={room} />
      <div class="row wrap center">
        {room.may("USE_MICROPHONE") ? <Mute room={room} /> : <Hand room={room} />}
        <ClipButton room={room} />
        <ShareButton room={room} />
        <button onClick={() => void leave()}>Leave</button>
        <EndButton room={room} />
      </div>
    </>
  );
}

function Hand({ room }: { room: Room }) {
  const request = room.standing.value?.viewerSpeakRequest;
  if (!request && !room.may("REQUEST_TO_SPEAK")) return null;
  const input = { spaceId: room.id };
  const toggle = async () => {
    await (request ? act(CancelSpeakRequestDocument, { input }) : act(RequestToSpeakDocument, { input }));
    void room.refresh();
  };
  return (
    <button class={request ? "" : "primary"} aria-pressed={Boolean(request)} onClick={() => void toggle()}>
      <Icon name="hand" /> {request ? `Hand is up (${request.position})` : "Raise hand"}
    </button>
  );
}

function isMuted(room: Room): boolean {
  return room.space.value!.stage.find(({ user }) => user.id === viewer.value?.user.id)?.isMuted ?? true;
}

// What was pressed last counts, also while the server is busy with what was pressed before; and what is to be silent is
// so at once.
function useMicrophone(room: Room): { muted: boolean; toggle: () => void } {
  const muted = isMuted(room);
  const wish = useRef<{ muted: boolean } | null>(null);
  const busy = useRef(false);
  // Whatever closed the microphone, this page sends no more of it.
  const silence = () => room.sound.mute(isMuted(room) || Boolean(wish.current?.muted));
  useEffect(() => {
    if (!busy.current) wish.current = null;
    silence();
  }, [muted, room]);

  const obey = async () => {
    busy.current = true;
    try {
      for (let obeyed = null; wish.current && wish.current !== obeyed; ) {
        obeyed = wish.current;
        if (!obeyed.muted) await room.sound.speak();
        const done = await act(SetMutedDocument, { input: { spaceId: room.id, muted: obeyed.muted } });
        if (!done) wish.current = null;
      }
    } catch (problem) {
      wish.current = null;
      tellWhy(problem);
    } finally {
      busy.current = false;
      if (wish.current?.muted === isMuted(room)) wish.current = null;
      silence();
    }
  };
  const toggle = () => {
    wish.current = { muted: !(wish.current?.muted ?? isMuted(room)) };
    silence();
    if (!busy.current) void obey();
  };
  return { muted, toggle };
}

function Mute({ room }: { room: Room }) {
  const { muted, toggle } = useMicrophone(room);
  // As soon as the button is there its key is.
  useLayoutEffect(() => {
    const key = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
      if (event.key.toLowerCase() === "m" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) toggle();
    };
    addEventListener("keydown", key);
    addEventListener("spaces:microphone", toggle);
    return () => {
      removeEventListener("keydown", key);
      removeEventListener("spaces:microphone", toggle);
    };
  });
  return (
    <div class="row mute">
      <button
        class={muted ? "primary big" : "big live"}
        aria-pressed={!muted}
        aria-keyshortcuts="m"
        title="M opens and closes the microphone"
        onClick={toggle}
      >
        <Icon name={muted ? "muted" : "microphone"} /> {muted ? "Unmute" : "Mute"}
      </button>
      <MicrophoneMenu room={room} />
    </div>
  );
}

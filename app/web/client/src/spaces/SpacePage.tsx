// The page of one Space, at its address: before, while, and after it is live.
import { useEffect } from "preact/hooks";
import { connected } from "../api/follow";
import { Link } from "../ui/router";
import { Announced } from "./Announced";
import { Captions } from "./Captions";
import { Ended } from "./Ended";
import { FlyingReactions } from "./Reactions";
import { Hands } from "./Hands";
import { HostTools } from "./HostTools";
import { Invited } from "./Invited";
import { enter, exit, type Room, room as current } from "./room";
import { SharedPosts } from "./SharedPosts";
import { SoundBar } from "./SoundBar";
import { Stage } from "./Stage";
import { Audience } from "./Audience";

export function SpacePage({ id }: { id: string }) {
  useEffect(() => {
    enter(id);
    return () => {
      // Whoever listens goes on listening while they read other pages.
      if (current.peek()?.sound.hearing.peek() === "off") exit();
    };
  }, [id]);
  const room = current.value;
  return room?.id === id ? <RoomPage room={room} /> : <p class="quiet">Opening the Space …</p>;
}

function RoomPage({ room }: { room: Room }) {
  const space = room.space.value;
  useEffect(() => {
    if (space) document.title = `${space.title} · Spaces`;
  }, [space?.title]);
  if (room.closed.value) return <Closed message={room.closed.value.message} />;
  if (space === undefined) return <p class="quiet">Opening the Space …</p>;
  if (space === null) return <Closed message="There is no such Space, or it is not for you to see." />;
  return (
    <article class="space" aria-label={space.title}>
      {!connected.value && (
        <p class="banner" role="status">
          The connection is lost. It comes back by itself …
        </p>
      )}
      <Heading room={room} />
      <Invited room={room} />
      {space.state === "SCHEDULED" && <Announced room={room} />}
      {(space.state === "LIVE" || space.state === "PREPARING") && <OnAir room={room} />}
      {space.state === "ENDED" && <Ended room={room} />}
      {space.state === "CANCELED" && <p>This Space was canceled.</p>}
      {space.state === "EXPIRED" && <p>This Space did not take place.</p>}
    </article>
  );
}

function Heading({ room }: { room: Room }) {
  const space = room.space.value!;
  return (
    <header class="space-head">
      <p class="badges">
        <State state={space.state} />
        {space.isRecording && <span class="badge rec">● Recording</span>}
        {space.topics.map((topic) => (
          <span key={topic} class="badge">
            {topic}
          </span>
        ))}
      </p>
      <h1 dir="auto">{space.title}</h1>
      <p class="quiet">
        Hosted by <Link href={`/people/${space.host.handle}`}>{space.host.displayName}</Link>
        {space.state === "LIVE" && space.hostPresence === "ABSENT" && " · the host is away for the moment"}
      </p>
    </header>
  );
}

function State({ state }: { state: string }) {
  const said = { LIVE: "Live", ENDED: "Ended", PREPARING: "About to start", SCHEDULED: "Scheduled" }[state];
  return <span class={`badge state-${state.toLowerCase()}`}>{said ?? "Off"}</span>;
}

function OnAir({ room }: { room: Room }) {
  const blocked = room.standing.value?.viewerBlockedSpeakers ?? [];
  return (
    <>
      {blocked.length > 0 && (
        <p class="banner">You block someone who speaks here: {blocked.map((one) => one.displayName).join(", ")}.</p>
      )}
      <Stage room={room} />
      <Audience room={room} />
      <Hands room={room} />
      <Captions room={room} />
      <SharedPosts room={room} />
      <HostTools room={room} />
      <FlyingReactions room={room} />
      <SoundBar room={room} />
    </>
  );
}

function Closed({ message }: { message: string }) {
  return (
    <section class="card narrow">
      <h1>This Space is closed to you</h1>
      <p>{message}</p>
      <Link href="/" class="button">
        Home
      </Link>
    </section>
  );
}

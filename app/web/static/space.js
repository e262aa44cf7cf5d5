// The page of one Space: its state, stage and listeners live, by the same API that everyone has.
const spaceId = btoa(`Space:${location.pathname.split("/").pop()}`);
const show = (id) => document.getElementById(id);

const EVENTS = `subscription ($spaceId: ID!) {
  spaceEvents(spaceId: $spaceId) {
    __typename
    ... on SpaceSnapshot { space { title state scheduledStart icsUrl listenerCount anonymousListenerCount
      stage { user { id handle displayName } role isMuted } } }
    ... on SpaceRescheduled { scheduledStart }
    ... on SpacePrepared { participant { user { id handle displayName } role isMuted } }
    ... on SpaceRenamed { title }
    ... on HostTransferred { hostId formerHostId }
    ... on SeatGranted { participant { user { id handle displayName } role isMuted } }
    ... on SeatVacated { userId }
    ... on MicrophoneOpened { userId }
    ... on MicrophoneClosed { userId }
    ... on AudienceChanged { listenerCount anonymousListenerCount }
  }
}`;
const AUDIO = "query ($spaceId: ID!) { space(id: $spaceId) { audio { hlsUrl } } }";

const space = { title: "", state: "", scheduledStart: null, icsUrl: null, listeners: 0, stage: new Map() };

function leave(state) {
  space.state = state;
  space.stage.clear();
  space.listeners = 0;
}

const change = {
  SpaceSnapshot({ space: now }) {
    space.title = now.title;
    space.state = now.state;
    space.scheduledStart = now.scheduledStart;
    space.icsUrl = now.icsUrl;
    space.listeners = now.listenerCount + now.anonymousListenerCount;
    space.stage = new Map(now.stage.map((seat) => [seat.user.id, seat]));
    if (now.state === "LIVE" || now.state === "ENDED") offerSound();
  },
  SpaceStarted() { space.state = "LIVE"; offerSound(); },
  SpaceRescheduled({ scheduledStart }) { space.scheduledStart = scheduledStart; },
  SpacePrepared({ participant }) { space.state = "PREPARING"; space.stage.set(participant.user.id, participant); },
  SpaceEnded() { leave("ENDED"); },
  SpaceCanceled() { leave("CANCELED"); },
  SpaceExpired() { leave("EXPIRED"); },
  SpaceRenamed({ title }) { space.title = title; },
  HostTransferred({ hostId, formerHostId }) {
    space.stage.get(hostId).role = "HOST";
    space.stage.get(formerHostId).role = "COHOST";
  },
  SeatGranted({ participant }) { space.stage.set(participant.user.id, participant); },
  SeatVacated({ userId }) { space.stage.delete(userId); },
  MicrophoneOpened({ userId }) { space.stage.get(userId).isMuted = false; },
  MicrophoneClosed({ userId }) { space.stage.get(userId).isMuted = true; },
  AudienceChanged(event) { space.listeners = event.listenerCount + event.anonymousListenerCount; },
};

function stateText() {
  if (space.state === "SCHEDULED") {
    const start = new Date(space.scheduledStart);
    return `Starts ${start.toLocaleString([], { dateStyle: "full", timeStyle: "short" })}`;
  }
  return {
    LIVE: "Live", ENDED: "Ended", PREPARING: "About to start", CANCELED: "Canceled", EXPIRED: "Did not take place",
  }[space.state];
}

function draw() {
  show("title").textContent = document.title = space.title;
  show("state").textContent = stateText();
  show("calendar").hidden = space.state !== "SCHEDULED";
  if (space.icsUrl) show("ics").href = space.icsUrl;
  show("listeners").textContent = space.listeners;
  show("stage").replaceChildren(...[...space.stage.values()].map(({ user, role, isMuted }) => {
    const seat = document.createElement("li");
    const name = document.createElement("strong");
    name.textContent = user.displayName;
    seat.className = isMuted ? "" : "open";
    seat.append(name, `@${user.handle} · ${role.toLowerCase()} · microphone ${isMuted ? "closed" : "open"}`);
    return seat;
  }));
}

async function ask(query) {
  const body = JSON.stringify({ query, variables: { spaceId } });
  const answer = await fetch("/graphql", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return (await answer.json()).data;
}

async function offerSound() {
  const sound = show("sound");
  const audio = (await ask(AUDIO)).space?.audio;
  if (!audio?.hlsUrl) return;
  const playable = sound.canPlayType("application/vnd.apple.mpegurl") !== "";
  sound.hidden = !playable;
  show("note").hidden = playable;
  show("hls").href = audio.hlsUrl;
  if (playable) sound.src = audio.hlsUrl;
}

function follow() {
  const asked = new URLSearchParams({ query: EVENTS, variables: JSON.stringify({ spaceId }) });
  const events = new EventSource(`/graphql?${asked}`);
  events.addEventListener("next", ({ data }) => {
    const { data: result, errors } = JSON.parse(data);
    if (errors) {
      show("state").textContent = errors[0].message;
      events.close();
      return;
    }
    change[result.spaceEvents.__typename]?.(result.spaceEvents);
    draw();
  });
  events.addEventListener("complete", () => events.close());
}

follow();

// The page of one Space: its state, stage and listeners live, by the same API that everyone has.
const spaceId = btoa(`Space:${location.pathname.split("/").pop()}`);
const show = (id) => document.getElementById(id);

const EVENTS = `subscription ($spaceId: ID!) {
  spaceEvents(spaceId: $spaceId) {
    __typename
    ... on SpaceSnapshot { space { title state listenerCount anonymousListenerCount
      stage { user { id handle displayName } role isMuted } } }
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

const space = { title: "", state: "", listeners: 0, stage: new Map() };

const change = {
  SpaceSnapshot({ space: now }) {
    space.title = now.title;
    space.state = now.state;
    space.listeners = now.listenerCount + now.anonymousListenerCount;
    space.stage = new Map(now.stage.map((seat) => [seat.user.id, seat]));
    if (now.state !== "PREPARING") offerSound();
  },
  SpaceStarted() { space.state = "LIVE"; offerSound(); },
  SpaceEnded() { space.state = "ENDED"; space.stage.clear(); space.listeners = 0; },
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

function draw() {
  show("title").textContent = document.title = space.title;
  show("state").textContent = { LIVE: "Live", ENDED: "Ended", PREPARING: "About to start" }[space.state];
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

// A Space as this page follows it: its state, who speaks, what flies by, what the viewer may do, and its sound.
import { computed, effect, signal } from "@preact/signals";
import { ask } from "../api/ask";
import { follow } from "../api/follow";
import {
  CaptionsDocument,
  type CaptionsSubscription,
  ReactionsDocument,
  type ReactionsSubscription,
  SpaceEventsDocument,
  type SpaceViewFragment,
  SpeakingDocument,
  StandingDocument,
  type StandingFragment,
} from "../generated/operations";
import { token } from "../session/session";
import { showControls } from "../sound/controls";
import { Sound } from "../sound/sound";
import { apply, type SpaceEvent } from "./apply";

const KEPT_CAPTIONS = 3;
const FLIGHT_MS = 2_600;
const MOST_FLYING = 24;

export type Reaction = ReactionsSubscription["reactions"][number] & { key: number };
export type Caption = CaptionsSubscription["captions"] & { key: number };

// What an event may change for the viewer alone, besides what everyone sees.
const ABOUT_VIEWER = new Set<SpaceEvent["__typename"]>([
  "SpaceSnapshot", "SpacePrepared", "SpaceStarted", "SpaceEnded", "SpaceCanceled", "SpaceExpired", "SeatGranted",
  "SeatVacated", "HostTransferred", "SpeakPolicyChanged", "ClippingAllowedChanged", "SpeakRequestsChanged",
  "InvitationsChanged", "RecordingDeleted",
]);

export class Room {
  readonly space = signal<SpaceViewFragment | null | undefined>(undefined);
  readonly standing = signal<StandingFragment | null>(null);
  readonly closed = signal<{ code: string; message: string } | null>(null);
  readonly levels = signal<ReadonlyMap<string, { isSpeaking: boolean; level: number }>>(new Map());
  readonly reactions = signal<Reaction[]>([]);
  readonly captions = signal<Caption[]>([]);
  readonly sound: Sound;
  #streams: (() => void)[] = [];
  #live: (() => void)[] = [];
  #count = 0;

  constructor(readonly id: string) {
    this.sound = new Sound(id);
    this.#streams.push(
      follow(SpaceEventsDocument, () => ({ spaceId: id, after: this.space.peek()?.version }), {
        onData: ({ spaceEvents }) => this.#happened(spaceEvents),
        onEnd: (problem) => this.#over(problem),
      }),
      this.#showControls(),
      effect(() => this.sound.settle(this.standing.value?.viewerRole ?? "LISTENER")),
    );
  }

  may(capability: StandingFragment["viewerCapabilities"][number]): boolean {
    return this.standing.value?.viewerCapabilities.includes(capability) ?? false;
  }

  async refresh(): Promise<void> {
    const answer = await ask(StandingDocument, { spaceId: this.id }).catch(() => null);
    if (answer) this.standing.value = answer.space ?? null;
  }

  close(): void {
    for (const stop of [...this.#streams, ...this.#live]) stop();
    this.sound.close();
  }

  // While it is heard.
  #showControls(): () => void {
    const { sound } = this;
    const heard = computed(() => sound.hearing.value !== "off");
    const title = computed(() => this.space.value?.title ?? "");
    const artist = computed(() => this.space.value?.host.displayName ?? "");
    return effect(() => {
      if (!heard.value) return;
      return showControls(sound.element, { title: title.value, artist: artist.value }, {
        play: () => sound.resume(),
        pause: () => sound.element.pause(),
        stop: () => sound.stop(),
        togglemicrophone: () => dispatchEvent(new CustomEvent("spaces:microphone")),
      });
    });
  }

  #happened(event: SpaceEvent): void {
    this.space.value = apply(this.space.peek() ?? null, event);
    if (ABOUT_VIEWER.has(event.__typename)) void this.refresh();
    if (this.space.peek()?.state === "LIVE" && !this.#live.length) this.#goLive();
  }

  #goLive(): void {
    const variables = () => ({ spaceId: this.id });
    this.#live = [
      follow(SpeakingDocument, variables, {
        onData: ({ speaking }) => (this.levels.value = new Map(speaking.map((voice) => [voice.userId, voice]))),
      }),
      follow(ReactionsDocument, variables, { onData: ({ reactions }) => this.#fly(reactions) }),
      follow(CaptionsDocument, variables, {
        onData: ({ captions }) =>
          (this.captions.value = [...this.captions.value, { ...captions, key: ++this.#count }].slice(-KEPT_CAPTIONS)),
      }),
    ];
  }

  #fly(tallies: ReactionsSubscription["reactions"]): void {
    const flying = tallies.map((tally) => ({ ...tally, key: ++this.#count }));
    this.reactions.value = [...this.reactions.value, ...flying].slice(-MOST_FLYING);
    const landed = new Set(flying.map(({ key }) => key));
    setTimeout(() => (this.reactions.value = this.reactions.value.filter(({ key }) => !landed.has(key))), FLIGHT_MS);
  }

  #over(problem: { code: string; message: string } | null): void {
    for (const stop of this.#live) stop();
    this.levels.value = new Map();
    if (problem) {
      this.closed.value = problem;
      if (this.space.peek() === undefined) this.space.value = null;
    }
    if (problem || this.space.peek()?.state === "ENDED") this.sound.stop();
  }
}

// The one Space that is followed: it goes on while other pages are read, as long as it is heard.
export const room = signal<Room | null>(null);

export function enter(id: string): Room {
  const current = room.peek();
  if (current?.id === id) return current;
  current?.close();
  room.value = new Room(id);
  return room.value;
}

export function exit(): void {
  room.peek()?.close();
  room.value = null;
}

// Another person has other rights, and other streams.
token.subscribe(() => exit());

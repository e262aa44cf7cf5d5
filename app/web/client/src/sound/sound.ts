// A Space's sound in this page: heard by HLS, on the stage by WHEP; spoken by WHIP, or both by a call over a WebSocket
// where no UDP passes. What is lost is made anew by itself.
import { signal } from "@preact/signals";
import { ask } from "../api/ask";
import { AudioDocument, type AudioQuery, type Role } from "../generated/operations";
import { tell } from "../ui/notices";
import { openCall, type OpenCall } from "./call";
import { Microphone } from "./microphone";
import { Blocked, Peer } from "./peer";
import { Playlist } from "./playlist";
import { keepFresh } from "./renewal";

const FIRST_WAIT_MS = 700;
const LONGEST_WAIT_MS = 10_000;

type Addresses = NonNullable<NonNullable<AudioQuery["space"]>["audio"]>;
export type Hearing = "off" | "connecting" | "on" | "lost";

export class Sound {
  readonly hearing = signal<Hearing>("off");
  readonly speaking = signal<Hearing>("off");
  readonly muted = signal(true);
  // By the system's controls, or because a headset went.
  readonly paused = signal(false);
  readonly microphone = new Microphone();
  readonly element = new Audio();
  #onStage = false;
  #ear: Peer | null = null;
  #mouth: Peer | null = null;
  #playlist: Playlist | null = null;
  #call: OpenCall | null = null;
  // Found out the hard way, and believed from then on.
  #noUdp = false;
  #timers = { ear: 0, mouth: 0 };
  #stopRenewing = () => {};
  #waits = { ear: FIRST_WAIT_MS, mouth: FIRST_WAIT_MS };
  // Counts what was begun: an answer that comes after a later beginning is of no use.
  #begun = 0;

  constructor(private readonly spaceId: string) {
    this.element.onplaying = () => this.#heard();
    this.element.onpause = () => (this.paused.value = true);
    document.body.append(this.element);
  }

  // Stops for good.
  close(): void {
    this.stop();
    this.element.remove();
  }

  // Hears on after a pause: what is said now.
  resume(): void {
    this.#playlist?.catchUp();
    void this.element.play().catch(() => {});
  }

  // Begun by a click: browsers let no page sound before.
  async listen(): Promise<void> {
    if (this.hearing.value !== "off") return;
    // Within the click itself, so that Safari lets the element sound later.
    void this.element.play().catch(() => {});
    await this.#hear();
  }

  // Hears, and speaks, by what the role allows now.
  settle(role: Role): void {
    const onStage = role !== "LISTENER";
    if (onStage === this.#onStage) return;
    this.#onStage = onStage;
    if (!onStage) this.#hush();
    if (this.hearing.peek() !== "off") void this.#hear();
  }

  // Connects the microphone, silent until it is opened. Throws where there is none, or it is refused.
  async speak(): Promise<void> {
    if (this.speaking.value === "on") return;
    await this.microphone.open();
    await this.#say();
  }

  mute(muted: boolean): void {
    this.muted.value = muted;
    const { track } = this.microphone;
    if (track) track.enabled = !muted;
    navigator.mediaSession?.setMicrophoneActive?.(!muted as never);
  }

  async choose(deviceId: string): Promise<void> {
    this.microphone.choose(deviceId);
    if (this.speaking.value === "off") return;
    const track = await this.microphone.open();
    track.enabled = !this.muted.value;
    if (this.#call) return this.#hear();
    await this.#mouth?.connection.getSenders()[0]?.replaceTrack(track);
  }

  stop(): void {
    this.#begun++;
    this.#hush();
    this.#deafen();
    this.hearing.value = "off";
  }

  #deafen(): void {
    window.clearTimeout(this.#timers.ear);
    this.#stopRenewing();
    this.#ear?.close();
    this.#playlist?.close();
    this.#call?.close();
    this.#ear = this.#playlist = this.#call = null;
    this.element.pause();
    this.element.srcObject = null;
  }

  #hush(): void {
    window.clearTimeout(this.#timers.mouth);
    this.#mouth?.close();
    this.#mouth = null;
    this.microphone.close();
    this.muted.value = true;
    this.speaking.value = "off";
  }

  async #hear(): Promise<void> {
    const mine = ++this.#begun;
    this.#deafen();
    this.hearing.value = "connecting";
    try {
      const addresses = await this.#addresses();
      if (mine !== this.#begun) return;
      if (!addresses) return this.stop();
      if (this.#onStage && this.#noUdp && addresses.socketUrl) await this.#converse(addresses.socketUrl, mine);
      else if (this.#onStage && addresses.whepUrl) await this.#hearPeer(addresses.whepUrl, mine);
      else if (addresses.hlsUrl) await this.#hearPlaylist(addresses, mine);
    } catch (problem) {
      this.#noUdp ||= problem instanceof Blocked;
      this.#lostEar(mine);
    }
  }

  // Hears, and where the microphone is open speaks too.
  async #converse(url: string, mine: number): Promise<void> {
    const { track } = this.microphone;
    const call = await openCall(url, track, () => this.#lostEar(mine));
    if (mine !== this.#begun) return call.close();
    this.#call = call;
    if (track) this.speaking.value = "on";
    this.element.srcObject = call.stream;
    await this.element.play();
  }

  async #hearPeer(url: string, mine: number): Promise<void> {
    const { peer, stream } = await Peer.hear(url, () => this.#lostEar(mine));
    if (mine !== this.#begun) return peer.close();
    this.#ear = peer;
    this.element.srcObject = stream;
    await this.element.play();
  }

  async #hearPlaylist(addresses: Addresses, mine: number): Promise<void> {
    this.#playlist = new Playlist(this.element, () => this.#lostEar(mine));
    this.#stopRenewing = keepFresh(addresses.expiresAt, async () => {
      const next = await this.#addresses();
      if (!next?.hlsUrl) return null;
      this.#playlist?.renew(next.hlsUrl);
      return next.expiresAt;
    });
    await this.#playlist.play(addresses.hlsUrl!);
    await this.element.play();
  }

  async #say(): Promise<void> {
    this.speaking.value = "connecting";
    try {
      const addresses = await this.#addresses();
      const track = await this.microphone.open();
      if (!addresses?.whipUrl || !this.#onStage) return this.#hush();
      track.enabled = !this.muted.value;
      if (this.#noUdp && addresses.socketUrl) return await this.#hear();
      this.#mouth?.close();
      this.#mouth = await Peer.speak(addresses.whipUrl, track, () => this.#lostMouth());
      this.speaking.value = "on";
      this.#waits.mouth = FIRST_WAIT_MS;
    } catch (problem) {
      this.#noUdp ||= problem instanceof Blocked;
      this.#lostMouth();
    }
  }

  #heard(): void {
    this.paused.value = false;
    this.hearing.value = "on";
    this.#waits.ear = FIRST_WAIT_MS;
  }

  #lostEar(mine: number): void {
    if (mine !== this.#begun) return;
    this.hearing.value = "lost";
    this.#timers.ear = window.setTimeout(() => void this.#hear(), this.#wait("ear"));
  }

  #lostMouth(): void {
    if (this.speaking.peek() === "off") return;
    this.speaking.value = "lost";
    this.#timers.mouth = window.setTimeout(() => void this.#say(), this.#wait("mouth"));
  }

  #wait(of: "ear" | "mouth"): number {
    const wait = this.#waits[of];
    this.#waits[of] = Math.min(wait * 2, LONGEST_WAIT_MS);
    return wait;
  }

  async #addresses(): Promise<Addresses | null> {
    return (await ask(AudioDocument, { spaceId: this.spaceId })).space?.audio ?? null;
  }
}

// Why a microphone did not open, in words for who wants to speak.
export function tellWhy(problem: unknown): void {
  const name = problem instanceof DOMException ? problem.name : "";
  if (name === "NotAllowedError") tell("Your browser does not let this page use the microphone: allow it, then try again.");
  else if (name === "NotFoundError") tell("No microphone was found.");
  else tell("The microphone could not be opened.");
}

// HLS in an audio element, live with low delay or a recording: by hls.js, else by the browser's own player.
import type Hls from "hls.js";

const TYPE = "application/vnd.apple.mpegurl";
const TOKEN = /\/audio\/[^/]+\//;

export class Playlist {
  #hls: Hls | null = null;
  #url = "";
  #closed = false;

  constructor(
    private readonly element: HTMLAudioElement,
    private readonly onLost: () => void,
  ) {}

  async play(url: string): Promise<void> {
    this.#url = url;
    const { default: Hls } = await import("hls.js/light");
    if (this.#closed) return;
    if (Hls.isSupported()) this.#attach(Hls, url);
    else if (this.element.canPlayType(TYPE)) this.#playNatively(url);
    else throw new Error("This browser plays no HLS.");
  }

  // A newer address of the same sound: what is fetched from now on is fetched by it. The browser's own player keeps its
  // own, and loses the sound when that is over.
  renew(url: string): void {
    this.#url = url;
  }

  // To what is said now, for who listened to nothing for a while. Of a recording there is no such place.
  catchUp(): void {
    const now = this.#hls?.liveSyncPosition;
    if (now && now > this.element.currentTime) this.element.currentTime = now;
  }

  #attach(Player: typeof Hls, url: string): void {
    this.#hls = new Player({
      // Nothing is converted: fMP4 goes to the browser as it is.
      enableWorker: false,
      lowLatencyMode: true,
      backBufferLength: 60,
      xhrSetup: (request, asked) => {
        const prefix = this.#url.match(TOKEN)?.[0];
        const ours = prefix && asked.startsWith(new URL(this.#url).origin) && !asked.includes("/audio/shared/");
        request.open("GET", ours ? asked.replace(TOKEN, prefix) : asked, true);
      },
    });
    this.#hls.on(Player.Events.ERROR, (_, { fatal, type }) => {
      if (!fatal) return;
      if (type === Player.ErrorTypes.MEDIA_ERROR) this.#hls?.recoverMediaError();
      else this.onLost();
    });
    this.#hls.attachMedia(this.element);
    this.#hls.loadSource(url);
  }

  #playNatively(url: string): void {
    this.element.onerror = () => this.onLost();
    this.element.src = url;
  }

  close(): void {
    this.#closed = true;
    this.#hls?.destroy();
    this.element.onerror = null;
    this.element.removeAttribute("src");
    this.element.load();
  }
}

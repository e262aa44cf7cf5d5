// One WebRTC connection by WHIP or WHEP: an offer by HTTP, and its end when it is lost.
const LOST_MS = 4_000;
const CONNECT_MS = 6_000;

// Not connected in time: where a network lets no UDP pass, nothing says so.
export class Blocked extends Error {}

export class Peer {
  #resource: string | null = null;
  #timer = 0;

  private constructor(
    readonly connection: RTCPeerConnection,
    private readonly onLost: () => void,
  ) {}

  // Speaks this track, connected. Throws what keeps it from that, `Blocked` among it; `onLost` is called once, when a connection is gone later.
  static async speak(url: string, track: MediaStreamTrack, onLost: () => void): Promise<Peer> {
    const peer = new Peer(new RTCPeerConnection(), onLost);
    peer.connection.addTransceiver(track, { direction: "sendonly", streams: [new MediaStream([track])] });
    return peer.#offer(url);
  }

  // Hears; the stream is whole when this answers.
  static async hear(url: string, onLost: () => void): Promise<{ peer: Peer; stream: MediaStream }> {
    const peer = new Peer(new RTCPeerConnection(), onLost);
    const { receiver } = peer.connection.addTransceiver("audio", { direction: "recvonly" });
    await peer.#offer(url);
    return { peer, stream: new MediaStream([receiver.track]) };
  }

  async #offer(url: string): Promise<Peer> {
    try {
      await this.connection.setLocalDescription();
      const headers = { "Content-Type": "application/sdp" };
      const answer = await fetch(url, { method: "POST", headers, body: this.connection.localDescription!.sdp });
      if (!answer.ok) throw new Error((await answer.text()).trim() || `The server answered ${answer.status}.`);
      this.#resource = new URL(answer.headers.get("Location") ?? url, url).href;
      await this.connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      await this.#connected();
      return this;
    } catch (problem) {
      this.close();
      throw problem;
    }
  }

  async #connected(): Promise<void> {
    const { connection } = this;
    await new Promise<void>((resolve, reject) => {
      const timer = window.setTimeout(() => reject(new Blocked()), CONNECT_MS);
      connection.onconnectionstatechange = () => {
        if (connection.connectionState === "connected") resolve();
        else if (connection.connectionState === "failed") reject(new Blocked());
        else return;
        window.clearTimeout(timer);
      };
    });
    connection.onconnectionstatechange = () => this.#look();
  }

  #look(): void {
    window.clearTimeout(this.#timer);
    const state = this.connection.connectionState;
    if (state === "failed") this.#lost();
    // A short loss of network heals by itself.
    else if (state === "disconnected") this.#timer = window.setTimeout(() => this.#lost(), LOST_MS);
  }

  #lost(): void {
    this.close();
    this.onLost();
  }

  close(): void {
    window.clearTimeout(this.#timer);
    this.connection.onconnectionstatechange = null;
    this.connection.close();
    if (this.#resource) void fetch(this.#resource, { method: "DELETE", keepalive: true }).catch(() => {});
    this.#resource = null;
  }
}

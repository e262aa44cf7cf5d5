// Speaking and hearing over a WebSocket by `spaces-audio.v1`: for browsers on networks that block UDP. Copy it.
//
//   const call = new Call(socketUrl, { microphone: await navigator.mediaDevices.getUserMedia({ audio: true }) });
//   call.addEventListener("microphone", ({ detail }) => ...);  // "open", "closed" or "gone", as the server has it
//   call.addEventListener("close", ({ detail: { code, reason, again } }) => ...);
//   await call.connect();
//   ...
//   call.close();
//
// Try WebRTC first; where UDP is blocked a browser does not say so: when it is not connected after some seconds, call.
// `socketUrl` is `Space.audio.socketUrl` of the API. Without a microphone it only listens. Where `again` is true, ask the
// API for a new address after a moment, and make a new call. To be begun by a click: browsers let no page sound before.

const RATE = 48000;
const BLOCK = 960; // samples of a frame: 20 ms
const BIT_RATE = 48000;
const HEADER = 8; // kind, flags, sequence number, timestamp
const MOST_WAITING = 4096; // bytes: where the network takes no more, sound is left out rather than late
const AGAIN = [1001, 1006, 1011, 1012, 4408, 4409, 4500, 4503]; // the connection or the server, nothing that we did

export class Call extends EventTarget {
  #socket;
  #url;
  #microphone;
  #context;
  #encoder;
  #decoder;
  #speaker;
  #sequence = 0;
  #state = "closed";

  constructor(url, { microphone = null } = {}) {
    super();
    this.#url = url;
    this.#microphone = microphone;
  }

  static get supported() {
    return "AudioEncoder" in globalThis && "AudioDecoder" in globalThis && "AudioWorkletNode" in globalThis;
  }

  // What is heard, as an AudioNode: for a volume meter, say.
  get output() {
    return this.#speaker;
  }

  async connect() {
    this.#context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    await this.#context.audioWorklet.addModule(new URL("call-worklets.js", import.meta.url));
    this.#hear();
    if (this.#microphone) this.#speak();
    this.#context.resume(); // waits for a click, where there was none
    return this.#open();
  }

  close() {
    this.#socket?.close(1000);
    this.#stop();
  }

  #open() {
    return new Promise((resolve, reject) => {
      this.#socket = new WebSocket(this.#url, "spaces-audio.v1");
      this.#socket.binaryType = "arraybuffer";
      this.#socket.onopen = () => this.#say({ type: "hello", speaks: this.#microphone !== null, hears: true });
      this.#socket.onmessage = ({ data }) => {
        if (typeof data !== "string") return this.#take(data);
        const message = JSON.parse(data);
        if (message.type === "welcome") resolve(message);
        if (message.type === "ping") this.#say({ type: "pong", number: message.number });
        if (message.type === "microphone") this.#tell("microphone", (this.#state = message.state));
      };
      this.#socket.onclose = ({ code, reason }) => {
        this.#stop();
        reject(new Error(`${code} ${reason}`)); // does nothing after the welcome
        this.#tell("close", { code, reason, again: AGAIN.includes(code) });
      };
    });
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #stop() {
    for (const codec of [this.#encoder, this.#decoder]) if (codec && codec.state !== "closed") codec.close();
    if (this.#context.state !== "closed") this.#context.close();
  }

  // Microphone: worklet, encoder, socket.
  #speak() {
    this.#encoder = new AudioEncoder({ output: (chunk) => this.#send(chunk), error: () => this.close() });
    this.#encoder.configure({
      codec: "opus", sampleRate: RATE, numberOfChannels: 1, bitrate: BIT_RATE, opus: { frameDuration: 20000 },
    });
    const source = this.#context.createMediaStreamSource(this.#microphone);
    const node = new AudioWorkletNode(this.#context, "microphone", {
      numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit", processorOptions: { block: BLOCK },
    });
    node.port.onmessage = ({ data: { block, at } }) => this.#encode(block, at);
    source.connect(node);
  }

  #encode(block, at) {
    // What a closed microphone sends, the server would drop.
    if (this.#state !== "open" || this.#encoder.state !== "configured") return;
    const sound = new AudioData({
      format: "f32-planar", sampleRate: RATE, numberOfChannels: 1, numberOfFrames: BLOCK,
      timestamp: Math.round((at * 1e6) / RATE), data: block,
    });
    this.#encoder.encode(sound);
    sound.close();
  }

  #send(chunk) {
    const frame = new ArrayBuffer(HEADER + chunk.byteLength);
    const header = new DataView(frame);
    header.setUint16(2, this.#sequence++ & 0xffff);
    header.setUint32(4, Math.round((chunk.timestamp * RATE) / 1e6) >>> 0);
    chunk.copyTo(new Uint8Array(frame, HEADER));
    if (this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount < MOST_WAITING) {
      this.#socket.send(frame);
    }
  }

  // Socket, decoder, worklet with a small jitter buffer, loudspeaker.
  #hear() {
    this.#speaker = new AudioWorkletNode(this.#context, "speaker", {
      numberOfInputs: 0, outputChannelCount: [1], processorOptions: { block: BLOCK },
    });
    this.#speaker.connect(this.#context.destination);
    this.#decoder = new AudioDecoder({ output: (sound) => this.#play(sound), error: () => this.close() });
    this.#decoder.configure({ codec: "opus", sampleRate: RATE, numberOfChannels: 1 });
  }

  #take(frame) {
    if (this.#decoder.state !== "configured") return;
    const timestamp = (new DataView(frame).getUint32(4) * 1e6) / RATE;
    const data = new Uint8Array(frame, HEADER);
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }));
  }

  #play(sound) {
    const block = new Float32Array(sound.numberOfFrames);
    sound.copyTo(block, { planeIndex: 0, format: "f32-planar" });
    sound.close();
    this.#speaker.port.postMessage(block, [block.buffer]);
  }
}

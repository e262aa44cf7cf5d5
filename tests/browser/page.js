// What a test does in a browser's page, with nothing but the API's addresses: `tests` is told by `Page.run`.
const PATIENCE_MS = 30_000;

globalThis.tests = {
  context: new AudioContext({ sampleRate: 48000 }),
  connections: [],

  // The microphone as it is: what the browser would clean up, is a tone.
  microphone() {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return navigator.mediaDevices.getUserMedia({ audio });
  },

  async speakByWhip(url, patience = PATIENCE_MS) {
    const connection = new RTCPeerConnection();
    connection.addTransceiver((await this.microphone()).getTracks()[0], { direction: "sendonly" });
    return this.connect(connection, url, patience);
  },

  async hearByWhep(url) {
    const connection = new RTCPeerConnection();
    connection.addTransceiver("audio", { direction: "recvonly" });
    connection.ontrack = ({ track }) => this.hearTrack(new MediaStream([track]));
    return this.connect(connection, url);
  },

  // Offer and answer over HTTP; how the connection ends up, and after how many ms.
  async connect(connection, url, patience = PATIENCE_MS) {
    const begun = performance.now();
    this.connections.push(connection);
    await connection.setLocalDescription();
    const headers = { "Content-Type": "application/sdp" };
    const answer = await fetch(url, { method: "POST", headers, body: connection.localDescription.sdp });
    if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
    await connection.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    return new Promise((resolve) => {
      const look = () => {
        const state = connection.connectionState;
        if (state === "connected" || state === "failed") resolve({ state, ms: performance.now() - begun });
      };
      connection.onconnectionstatechange = look;
      look();
      // Without any UDP a browser has no address to try, and says nothing: pages must look at the clock.
      setTimeout(() => resolve({ state: connection.connectionState, ms: performance.now() - begun }), patience);
    });
  },

  hearTrack(stream) {
    // Chromium decodes a remote track only where an element plays it.
    this.element = Object.assign(new Audio(), { srcObject: stream, muted: true });
    this.element.play();
    this.listen(this.context.createMediaStreamSource(stream));
  },

  // By hls.js, which is `Hls` by then.
  async hearHls(url) {
    this.element = new Audio();
    // On a busy machine it begins late, or stalls, and catches up.
    const catchingUp = { maxLiveSyncPlaybackRate: 1.5, liveSyncOnStallIncrease: 0 };
    this.hls = new Hls({ lowLatencyMode: true, enableWorker: false, ...catchingUp });
    this.hls.loadSource(url);
    this.hls.attachMedia(this.element);
    this.listen(this.context.createMediaElementSource(this.element));
    await this.element.play();
  },

  async call(url, speaks = true) {
    const { Call } = await import("/static/call.js");
    const microphone = speaks ? await this.microphone() : null;
    this.calling = new Call(url, { microphone });
    this.states = [];
    this.calling.addEventListener("microphone", ({ detail }) => this.states.push(detail));
    this.calling.addEventListener("close", ({ detail }) => { this.closed = detail; });
    const welcome = await this.calling.connect();
    this.listen(this.calling.output);
    return welcome;
  },

  listen(node) {
    this.analyser = new AnalyserNode(node.context, { fftSize: 32768, smoothingTimeConstant: 0 });
    node.connect(this.analyser);
  },

  // How loud each frequency is, in dB, in the last 0.7 s.
  levels(...frequencies) {
    if (!this.analyser) return frequencies.map(() => -200);
    const bins = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatFrequencyData(bins);
    const hzPerBin = this.analyser.context.sampleRate / this.analyser.fftSize;
    return frequencies.map((hz) => {
      const at = Math.round(hz / hzPerBin);
      return Math.max(-200, ...bins.subarray(at - 2, at + 3));
    });
  },

  hangUp() {
    for (const connection of this.connections) connection.close();
    this.connections = [];
    this.calling?.close();
    this.hls?.destroy();
    this.analyser = null;
  },
};

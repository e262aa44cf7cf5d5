// What a visitor does at a page: `visitor` is told by tests/browser/visitor.py.
globalThis.visitor = {
  // As it is named to a screen reader, as far as our pages go.
  nameOf(one) {
    const read = one.cloneNode(true);
    for (const hidden of read.querySelectorAll("[aria-hidden=true]")) hidden.remove();
    return (one.getAttribute("aria-label") ?? read.textContent).trim().replace(/\s+/g, " ");
  },

  // Where a dialog is open, what is behind it cannot be reached.
  get scope() {
    return document.querySelector("dialog[open]") ?? document;
  },

  find(selector, name) {
    const named = [...this.scope.querySelectorAll(selector)].filter(
      (one) => this.nameOf(one) === name && one.checkVisibility() && !one.disabled,
    );
    // Of two that are named alike the page's own, not the navigation's.
    return named.find((one) => one.closest("main")) ?? named[0];
  },

  sees(name) {
    return document.body.innerText.includes(name) || Boolean(this.find("[aria-label], button", name));
  },

  seesNo(name) {
    return !this.sees(name);
  },

  // No text of a page that waits, and nothing fetched for a while.
  settled() {
    const now = document.body.innerHTML;
    const same = now === this.before && !now.includes("…");
    this.before = now;
    return same;
  },

  press(name) {
    const one = this.find("button, a, label, summary", name);
    one?.click();
    return Boolean(one);
  },

  fill(label, text) {
    const of = this.find("label", label);
    const field = of?.control ?? this.find("input, textarea", label);
    if (!field) return false;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  },

  // The microphone as it is: what the browser would clean up, is a tone.
  rawMicrophone() {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    mediaDevices.getUserMedia = () => ask({ audio: raw });
  },

  // Who is on the stage, as it is shown; whether they speak at the moment left aside.
  roster() {
    const seats = [...document.querySelectorAll(".seat button")].map((one) => this.nameOf(one));
    return seats.map((seat) => seat.replace("speaking", "microphone on")).sort();
  },

  reactions: new Set(),
  watchReactions() {
    const sky = document.querySelector(".sky");
    new MutationObserver(() => {
      for (const one of sky.querySelectorAll(".emoji")) this.reactions.add(one.textContent);
    }).observe(sky, { childList: true, subtree: true });
  },
  flew() {
    return [...this.reactions];
  },

  // What the system's controls are there for, and one of them used, as the browser calls the page then.
  controls() {
    return Object.keys(globalThis.actionHandlers ?? {}).sort();
  },

  control(action, details) {
    globalThis.actionHandlers[action]({ action, ...details });
  },

  // What an element plays. WebKit gives no stream of it; there it is heard through the context from then on.
  tap(element) {
    const stream = element.srcObject ?? element.captureStream?.();
    if (stream) return this.context.createMediaStreamSource(stream);
    // One that is suspended would hold the element up.
    void this.context.resume();
    const taken = this.context.createMediaElementSource(element);
    taken.connect(this.context.destination);
    return taken;
  },

  // What the page's sound is at, to be read where it is not as it should be.
  player() {
    const element = document.querySelector("audio");
    const { paused, readyState, networkState, currentTime, error } = element ?? {};
    const buffered = element?.buffered.length ? element.buffered.end(element.buffered.length - 1) : null;
    const said = [...document.querySelectorAll("[role=status]")].map((one) => one.textContent);
    return { paused, readyState, networkState, currentTime, buffered, error: error?.message, said };
  },

  // How loud each frequency is in what the page plays, in dB, in the last 0.7 s; empty while it plays nothing.
  levels(...frequencies) {
    const element = document.querySelector("audio");
    if (!element || element.paused || element.readyState < 3) return [];
    if (this.source !== (element.srcObject ?? element.src)) {
      this.source = element.srcObject ?? element.src;
      this.context ??= new AudioContext({ sampleRate: 48000 });
      this.analyser = new AnalyserNode(this.context, { fftSize: 32768, smoothingTimeConstant: 0 });
      this.tap(element).connect(this.analyser);
    }
    const bins = new Float32Array(this.analyser.frequencyBinCount);
    this.analyser.getFloatFrequencyData(bins);
    const hzPerBin = this.context.sampleRate / this.analyser.fftSize;
    return frequencies.map((hz) => {
      const at = Math.round(hz / hzPerBin);
      return Math.max(-200, ...bins.subarray(at - 2, at + 3));
    });
  },
};

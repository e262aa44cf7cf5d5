// The viewer's microphone: which device, how loud it is, and its track.
import { signal } from "@preact/signals";

const DEVICE = "spaces.microphone";
const SILENT_DB = -60;
const METER_MS = 80;

export class Microphone {
  readonly level = signal(0);
  readonly devices = signal<MediaDeviceInfo[]>([]);
  readonly deviceId = signal(localStorage.getItem(DEVICE) ?? "");
  #stream: MediaStream | null = null;
  #context: AudioContext | null = null;
  #timer = 0;

  get track(): MediaStreamTrack | null {
    return this.#stream?.getAudioTracks()[0] ?? null;
  }

  // Asks the person, the first time. Throws where they, or the machine, say no.
  async open(): Promise<MediaStreamTrack> {
    if (this.track?.readyState === "live") return this.track;
    this.close();
    const deviceId = this.deviceId.value ? { ideal: this.deviceId.value } : undefined;
    const audio = { deviceId, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio });
    const all = await navigator.mediaDevices.enumerateDevices();
    this.devices.value = all.filter(({ kind }) => kind === "audioinput");
    this.#meter(this.#stream);
    return this.track!;
  }

  // The next `open` takes this device.
  choose(deviceId: string): void {
    this.deviceId.value = deviceId;
    localStorage.setItem(DEVICE, deviceId);
    this.close();
  }

  close(): void {
    window.clearInterval(this.#timer);
    void this.#context?.close();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = this.#context = null;
    this.level.value = 0;
  }

  #meter(stream: MediaStream): void {
    this.#context = new AudioContext();
    const analyser = new AnalyserNode(this.#context, { fftSize: 1024 });
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
      const decibels = 10 * Math.log10(power + 1e-12);
      this.level.value = Math.max(0, Math.min(1, 1 - decibels / SILENT_DB));
    }, METER_MS);
  }
}

// The two ends of a call's sound, on the browser's audio thread; `call.js` is what lies between them.

// Passes on the microphone in blocks, each with the sample of the context's clock that it begins with.
class Microphone extends AudioWorkletProcessor {
  constructor({ processorOptions: { block } }) {
    super();
    this.size = block;
    this.block = new Float32Array(block);
    this.filled = 0;
  }

  process([[samples]]) {
    if (!samples) return true;
    for (let read = 0; read < samples.length;) {
      const piece = samples.subarray(read, read + this.size - this.filled);
      this.block.set(piece, this.filled);
      this.filled += piece.length;
      read += piece.length;
      if (this.filled === this.size) {
        const at = currentFrame + read - this.size;
        this.port.postMessage({ block: this.block, at }, [this.block.buffer]);
        this.block = new Float32Array(this.size);
        this.filled = 0;
      }
    }
    return true;
  }
}

const START = 2.5; // blocks that are held before the first one is played, and after it ran dry
const MOST = 20; // blocks: what exceeds that, after a stall, drops the oldest
const WATCHED = 3; // seconds in which there were always two blocks too many: then a quiet one is left out
const QUIET = 0.01;

// Plays blocks as they come, with a jitter buffer.
class Speaker extends AudioWorkletProcessor {
  constructor({ processorOptions: { block } }) {
    super();
    this.size = block;
    this.waiting = [];
    this.offset = 0; // into the oldest
    this.playing = false;
    this.watch();
    this.port.onmessage = ({ data }) => {
      this.waiting.push(data);
      while (this.held() > MOST * block) this.drop();
    };
  }

  held() {
    return this.waiting.reduce((sum, block) => sum + block.length, -this.offset);
  }

  drop() {
    this.waiting.shift();
    this.offset = 0;
  }

  watch() {
    this.since = currentTime;
    this.lowest = Infinity;
  }

  process(inputs, [[output]]) {
    const held = this.held();
    this.lowest = Math.min(this.lowest, held);
    if (!this.playing && held < START * this.size) return true;
    if (!this.playing) this.watch();
    this.playing = held >= output.length;
    for (let written = 0; written < output.length && this.waiting.length;) {
      const piece = this.waiting[0].subarray(this.offset, this.offset + output.length - written);
      output.set(piece, written);
      written += piece.length;
      this.offset += piece.length;
      if (this.offset === this.waiting[0].length) this.advance();
    }
    return true;
  }

  // The oldest block has been played; the next one may be left out.
  advance() {
    this.drop();
    if (currentTime - this.since < WATCHED) return;
    const surplus = this.lowest > 2 * this.size;
    if (!surplus) this.watch();
    else if (this.waiting.length && this.waiting[0].every((sample) => Math.abs(sample) < QUIET)) {
      this.drop();
      this.watch();
    }
  }
}

registerProcessor("microphone", Microphone);
registerProcessor("speaker", Speaker);

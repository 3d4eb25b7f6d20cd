/** Runs in the audio thread: collects samples into frames and hands them on. Nothing else happens here. */

interface WorkletPort {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
}

declare const registerProcessor: (name: string, processor: unknown) => void;
declare const AudioWorkletProcessor: { new (): { readonly port: WorkletPort } };

/** 40 ms at 16 kHz. */
const FRAME_SAMPLES = 640;

class FrameProcessor extends AudioWorkletProcessor {
  #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    let offset = 0;
    while (offset < channel.length) {
      const count = Math.min(channel.length - offset, FRAME_SAMPLES - this.#filled);
      this.#frame.set(channel.subarray(offset, offset + count), this.#filled);
      this.#filled += count;
      offset += count;
      if (this.#filled === FRAME_SAMPLES) {
        this.port.postMessage(this.#frame, [this.#frame.buffer as ArrayBuffer]);
        this.#frame = new Float32Array(FRAME_SAMPLES);
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('surtitle-frames', FrameProcessor);

/**
 * Runs in the audio thread: collects the samples of every source into frames and hands them on. Nothing else happens
 * here. One input a source; one that is not connected has no channels.
 */

interface WorkletPort {
  postMessage(message: unknown, transfer: readonly ArrayBufferLike[]): void;
}

declare const registerProcessor: (name: string, processor: unknown) => void;
declare const AudioWorkletProcessor: { new (): { readonly port: WorkletPort } };

/** 40 ms at 16 kHz. */
const FRAME_SAMPLES = 640;
/** What the audio thread gives at once; a frame is a whole number of them. */
const QUANTUM_SAMPLES = 128;

class FrameProcessor extends AudioWorkletProcessor {
  #frames: Float32Array[][] = [];
  #filled = 0;

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    for (const [source, channels] of inputs.entries()) {
      this.#frames[source] ??= [];
      const frame = this.#frames[source];
      for (const [index, samples] of channels.entries()) {
        // A channel that begins within the frame was silent before.
        frame[index] ??= new Float32Array(FRAME_SAMPLES);
        frame[index].set(samples, this.#filled);
      }
    }
    this.#filled += QUANTUM_SAMPLES;
    if (this.#filled === FRAME_SAMPLES) {
      this.port.postMessage(
        this.#frames,
        this.#frames.flat().map(({ buffer }) => buffer),
      );
      this.#frames = [];
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor('surtitle-frames', FrameProcessor);

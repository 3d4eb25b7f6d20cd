import type { AudioCapture } from '../../core/captions/capture-types.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import frameWorkletUrl from './frame-worklet.ts?worker&url';

/** Captures in this page. */
export const browserCapture: AudioCapture = {
  async start(request, listener) {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          echoCancellation: request.echoCancellation,
          noiseSuppression: request.noiseSuppression,
          autoGainControl: request.autoGainControl,
        },
      });
    } catch (error) {
      throw new SurtitleError('permission_denied', String(error), { cause: error });
    }
    const context = new AudioContext({ sampleRate: 16_000 });
    await context.audioWorklet.addModule(frameWorkletUrl);
    const frames = new AudioWorkletNode(context, 'surtitle-frames', { numberOfOutputs: 0, channelCount: 1 });
    frames.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
      const pcm = new Int16Array(data.length);
      let energy = 0;
      let peak = 0;
      for (const [index, sample] of data.entries()) {
        pcm[index] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
        energy += sample * sample;
        peak = Math.max(peak, Math.abs(sample));
      }
      listener.level({
        rmsDb: 10 * Math.log10(energy / data.length + 1e-12),
        peakDb: 20 * Math.log10(peak + 1e-6),
      });
      listener.frame(new Uint8Array(pcm.buffer));
    };
    context.createMediaStreamSource(stream).connect(frames);
    const [track] = stream.getAudioTracks();
    listener.status({
      state: 'flowing',
      label: track?.label ?? '',
      path: 'microphone',
      substitute: false,
      warning: null,
    });
    return {
      async stop() {
        for (const each of stream.getTracks()) each.stop();
        if (context.state !== 'closed') await context.close();
      },
    };
  },
};

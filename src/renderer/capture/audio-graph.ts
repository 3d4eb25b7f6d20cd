import { describeError } from '../../core/foundation/errors.ts';
import { captureError } from './capture-errors.ts';
import type { AudioGraph, OpenAudioGraph, SourceFrames } from './capture-ports.ts';
import frameWorkletUrl from './frame-worklet.ts?worker&url';

/** What the recogniser wants; the browser converts whatever a device gives. */
const SAMPLE_RATE = 16_000;

/** A graph of this page’s Web Audio. It plays nothing, and needs no loudspeaker. */
export const openAudioGraph: OpenAudioGraph = async (sources, onFrames): Promise<AudioGraph> => {
  const context = openContext();
  try {
    await context.audioWorklet.addModule(frameWorkletUrl);
  } catch (error) {
    await context.close();
    throw captureError('capture_failed', { cause: error });
  }
  const frames = new AudioWorkletNode(context, 'surtitle-frames', {
    numberOfInputs: sources,
    numberOfOutputs: 0,
    channelCount: 2,
    channelCountMode: 'max',
  });
  frames.port.onmessage = ({ data }: MessageEvent<SourceFrames>) => onFrames(data);
  const nodes: (MediaStreamAudioSourceNode | null)[] = Array.from({ length: sources }, () => null);
  const resume = (): void => {
    if (context.state === 'running' || context.state === 'closed') return;
    // Refused until the user clicks somewhere, in some browsers: the frames that do not come are told.
    context.resume().catch(() => {});
  };
  // The system may interrupt: a call on a phone, another program that takes the device for itself.
  context.onstatechange = resume;
  resume();
  return {
    connect(source, stream) {
      nodes[source]?.disconnect();
      nodes[source] = null;
      if (!stream) return;
      const node = sourceNode(context, stream as MediaStream);
      node.connect(frames, 0, source);
      nodes[source] = node;
    },
    resume,
    async close() {
      frames.port.onmessage = null;
      context.onstatechange = null;
      for (const node of nodes) node?.disconnect();
      frames.disconnect();
      if (context.state !== 'closed') await context.close();
    },
  };
};

function openContext(): AudioContext {
  // Unknown to some browsers, which ignore it: without it, a machine without loudspeakers could not capture.
  const options: AudioContextOptions & { readonly sinkId: { readonly type: 'none' } } = {
    sampleRate: SAMPLE_RATE,
    sinkId: { type: 'none' },
  };
  return new AudioContext(options);
}

function sourceNode(context: AudioContext, stream: MediaStream): MediaStreamAudioSourceNode {
  try {
    return context.createMediaStreamSource(stream);
  } catch (error) {
    // Firefox joins no rates: https://bugzilla.mozilla.org/show_bug.cgi?id=1725336
    throw captureError('capture_failed', {
      message: `This browser cannot convert the microphone’s sound (${describeError(error)}). Use Chrome, Edge or Safari, or the desktop app.`,
      cause: error,
    });
  }
}

import { findProgram } from '../../core/audio/find-program.ts';

/** A program that records what the default output plays. */
export interface Recorder {
  readonly name: string;
  /** Its path. */
  readonly program: string;
  /** Makes it write 48 kHz, mono, 32-bit floats to its output until it is ended. */
  readonly arguments: readonly string[];
}

/** Known recorders, best first: `parec` works with PulseAudio and with PipeWire’s stand-in for it. */
const RECORDERS: readonly Omit<Recorder, 'program'>[] = [
  {
    name: 'parec',
    arguments: [
      '--device=@DEFAULT_MONITOR@',
      '--format=float32le',
      '--rate=48000',
      '--channels=1',
      '--latency-msec=40',
      '--client-name=Surtitle',
      '--raw',
    ],
  },
  {
    name: 'pw-record',
    arguments: [
      '--properties={"stream.capture.sink":true,"application.name":"Surtitle"}',
      '--format=f32',
      '--rate=48000',
      '--channels=1',
      '--latency=40ms',
      '-',
    ],
  },
];

/** The recorder of this machine; `null` where none is installed. */
export function findRecorder(environment: NodeJS.ProcessEnv = process.env): Recorder | null {
  for (const recorder of RECORDERS) {
    const program = findProgram(recorder.name, environment);
    if (program !== null) return { ...recorder, program };
  }
  return null;
}

export const RECORDER_MISSING =
  'System audio cannot be captured: no recording program is installed. Install the package pulseaudio-utils (parec) or pipewire-bin (pw-record), and start again.';

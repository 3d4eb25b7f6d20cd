import type {
  CapturePath,
  CaptureProblemCode,
  CaptureStatus,
  CaptureWarning,
} from '../../core/captions/capture-types.ts';
import type { SurtitleError } from '../../core/foundation/errors.ts';
import type { SoundInput } from './capture-ports.ts';

/** How one source is doing. */
export type SourceState =
  | { readonly state: 'opening' }
  | {
      readonly state: 'flowing';
      readonly label: string;
      readonly path: CapturePath;
      readonly substitute: boolean;
      readonly warning: CaptureWarning | null;
    }
  /** It comes back by itself when it can. */
  | { readonly state: 'lost'; readonly problem: CaptureWarning }
  | { readonly state: 'ended'; readonly problem: CaptureWarning };

export interface SourceListener {
  /** What is taken from now on; `null` while there is nothing. */
  input(input: SoundInput | null): void;
  state(state: SourceState): void;
}

/** A microphone or the system’s audio, kept going whatever happens to its devices. */
export interface Source {
  /** @throws {SurtitleError} a `CaptureProblemCode`; it is watched on nevertheless, until {@link stop}. */
  start(): Promise<void>;
  /** Looks whether everything is as wanted: the machine woke up, or somebody asks. */
  check(): void;
  /** What it gave in the last frame, mono; `null` is nothing. */
  heard(samples: Float32Array | null): void;
  stop(): void;
}

/** What is told of all sources together. */
export interface ObservedSource {
  readonly state: SourceState;
  readonly isSilent: boolean;
  readonly silentForMs: number;
}

/** @returns `null` while nothing can be said yet. */
export function captureStatus(sources: readonly ObservedSource[]): CaptureStatus | null {
  const flowing = sources.flatMap(({ state }) => (state.state === 'flowing' ? [state] : []));
  const away = sources.flatMap(({ state }) =>
    state.state === 'lost' || state.state === 'ended' ? [state] : [],
  );
  const [first] = flowing;
  if (!first) {
    const told = away.find(({ state }) => state === 'lost') ?? away[0];
    return told && away.length === sources.length ? { state: told.state, ...told.problem } : null;
  }
  const label = flowing.map((each) => each.label).join(' + ');
  const heard = sources.filter(({ state }) => state.state === 'flowing');
  if (away.length === 0 && heard.every(({ isSilent }) => isSilent)) {
    return { state: 'silent', label, forMs: Math.min(...heard.map(({ silentForMs }) => silentForMs)) };
  }
  return {
    state: 'flowing',
    label,
    path: (flowing.find(({ path }) => path !== 'microphone') ?? first).path,
    substitute: flowing.some(({ substitute }) => substitute),
    warning: away[0]?.problem ?? flowing.find(({ warning }) => warning)?.warning ?? null,
  };
}

export function problemOf(error: SurtitleError): CaptureWarning {
  // The capture's own errors have no other codes.
  return { code: error.code as CaptureProblemCode, message: error.message };
}

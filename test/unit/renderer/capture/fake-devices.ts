import type { SurtitleError } from '../../../../src/core/foundation/errors.ts';
import { captureError } from '../../../../src/renderer/capture/capture-errors.ts';
import type {
  InputDevice,
  MicrophoneDevices,
  SoundInput,
  SystemAudioWay,
} from '../../../../src/renderer/capture/capture-ports.ts';
import type { SampleRing } from '../../../../src/renderer/capture/sample-ring.ts';
import type { SourceListener, SourceState } from '../../../../src/renderer/capture/source-state.ts';

/** An input that the test ends. */
export class FakeInput implements SoundInput {
  readonly label: string;
  readonly stream: object = {};
  readonly ring: SampleRing | null;
  isClosed = false;
  #ended: ((error: SurtitleError) => void) | null = null;

  constructor(label: string, ring: SampleRing | null = null) {
    this.label = label;
    this.ring = ring;
  }

  onEnded(listener: (error: SurtitleError) => void): void {
    this.#ended = listener;
  }

  close(): void {
    this.isClosed = true;
  }

  end(error = captureError('device_lost')): void {
    if (!this.isClosed) this.#ended?.(error);
  }
}

/** A machine whose microphones come and go as the test says. */
export class FakeMicrophones implements MicrophoneDevices {
  /** Names of what is plugged in; the first is the system's choice. */
  plugged: string[] = [];
  /** Names of what another program holds. */
  readonly busy = new Set<string>();
  isAllowed = true;
  hasNames = true;
  readonly opened: FakeInput[] = [];
  #listeners: ((what: 'devices' | 'permission') => void)[] = [];

  constructor(...plugged: string[]) {
    this.plugged = plugged;
  }

  list(): Promise<readonly InputDevice[]> {
    const device = (id: string, name: string): InputDevice => ({
      id,
      label: this.hasNames ? name : '',
      groupId: `hardware of ${name}`,
    });
    const [choice] = this.plugged;
    return Promise.resolve(
      choice === undefined
        ? []
        : [device('default', choice), ...this.plugged.map((name) => device(`id of ${name}`, name))],
    );
  }

  async openMicrophone(id: string | null): Promise<FakeInput> {
    if (!this.isAllowed) throw captureError('permission_denied');
    this.hasNames = true;
    const name = id === null ? this.plugged[0] : this.plugged.find((each) => id === `id of ${each}`);
    if (name === undefined) throw captureError(id === null ? 'no_microphone' : 'device_lost');
    if (this.busy.has(name)) throw captureError('device_busy');
    const input = new FakeInput(name);
    this.opened.push(input);
    return input;
  }

  onChange(listener: (what: 'devices' | 'permission') => void, signal: AbortSignal): void {
    this.#listeners.push(listener);
    signal.addEventListener('abort', () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener);
    });
  }

  /** Plugs in or out, and says nothing of it. */
  unplug(name: string): void {
    this.plugged = this.plugged.filter((each) => each !== name);
    for (const input of this.opened) if (input.label === name) input.end();
  }

  tell(what: 'devices' | 'permission'): void {
    for (const listener of this.#listeners) listener(what);
  }

  /** What sounds now. */
  get open(): readonly string[] {
    return this.opened.filter(({ isClosed }) => !isClosed).map(({ label }) => label);
  }
}

/** A way to system audio that the test lets succeed or fail. */
export class FakeWay implements SystemAudioWay {
  readonly path: SystemAudioWay['path'];
  readonly reopens: boolean;
  readonly opened: FakeInput[] = [];
  failure: SurtitleError | null = null;
  readonly ring: SampleRing | null;

  constructor(path: SystemAudioWay['path'], options: { reopens?: boolean; ring?: SampleRing } = {}) {
    this.path = path;
    this.reopens = options.reopens ?? true;
    this.ring = options.ring ?? null;
  }

  open(): Promise<SoundInput> {
    if (this.failure) return Promise.reject(this.failure);
    const input = new FakeInput(`sound by ${this.path}`, this.ring);
    this.opened.push(input);
    return Promise.resolve(input);
  }

  get isOpen(): boolean {
    return this.opened.some(({ isClosed }) => !isClosed);
  }
}

/** Notes what a source tells. */
export class Told implements SourceListener {
  readonly states: SourceState[] = [];
  present: SoundInput | null = null;

  input(input: SoundInput | null): void {
    this.present = input;
  }

  state(state: SourceState): void {
    this.states.push(state);
  }

  /** In short: what is heard, or the code of why nothing is. */
  get story(): readonly string[] {
    return this.states.map((state) => {
      if (state.state === 'opening') return 'opening';
      if (state.state !== 'flowing') return `${state.state} ${state.problem.code}`;
      return state.warning ? `${state.label} (${state.warning.code})` : state.label;
    });
  }
}

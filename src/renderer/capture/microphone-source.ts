import type { CaptureWarning } from '../../core/captions/capture-types.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import type { SurtitleError } from '../../core/foundation/errors.ts';
import { anyCaptureError, captureError } from './capture-errors.ts';
import type { InputDevice, MicrophoneDevices, Processing, SoundInput } from './capture-ports.ts';
import { problemOf, type Source, type SourceListener } from './source-state.ts';

/** Not every system tells that devices came or went, so they are looked at this often. */
const LOOK_EVERY_MS = 2_000;
/** A microphone that another program holds, or that the system cannot open yet, is tried again this often. */
const RETRY_BUSY_MS = 4_000;
/** What may pass although no device comes or goes. */
const RETRIED: ReadonlySet<string> = new Set(['device_busy', 'device_lost', 'capture_failed']);
/** Entries of a device list that stand for another one. */
const ALIASES: ReadonlySet<string> = new Set(['default', 'communications', '']);

export interface MicrophoneSourceOptions {
  readonly devices: MicrophoneDevices;
  /** The name of the microphone that is wanted; `null` is the system’s own choice. */
  readonly wanted: string | null;
  readonly processing: Processing;
  readonly clock: Clock;
  readonly listener: SourceListener;
}

/** What is open, and why it is not what was wanted. */
interface Open {
  readonly input: SoundInput;
  /** Set where it stands in for the wanted one. */
  readonly warning: CaptureWarning | null;
  /** The system’s choice when it was opened, where that is what was opened. */
  readonly choice: string | null;
}

type Occasion = 'time' | 'devices' | 'permission' | 'check';

/**
 * The microphone of a capture: the wanted one where it is there, else the system’s own choice until it is. What
 * comes, goes, is refused or taken by another program is told, and mended as soon as that is possible.
 */
export class MicrophoneSource implements Source {
  readonly #options: MicrophoneSourceOptions;
  readonly #stopped = new AbortController();
  #open: Open | null = null;
  #failure: SurtitleError | null = null;
  #seen = '';
  #triedBusyMs = 0;
  #timer: Timer | null = null;
  #working: Promise<void> = Promise.resolve();

  constructor(options: MicrophoneSourceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { devices } = this.#options;
    devices.onChange((what) => this.#enqueue(what), this.#stopped.signal);
    this.#working = this.#openBest();
    await this.#working;
    this.#schedule();
    if (this.#failure) throw this.#failure;
  }

  check(): void {
    this.#enqueue('check');
  }

  heard(): void {}

  stop(): void {
    this.#stopped.abort();
    this.#timer?.cancel();
    this.#open?.input.close();
    this.#open = null;
  }

  #schedule(): void {
    if (this.#stopped.signal.aborted) return;
    this.#timer = this.#options.clock.setTimer(LOOK_EVERY_MS, () => {
      this.#enqueue('time');
      this.#schedule();
    });
  }

  /** One after the other: devices often change several times at once. */
  #enqueue(occasion: Occasion): void {
    this.#working = this.#working
      .then(() => this.#look(occasion))
      // A list that cannot be read says nothing of the microphone in use; the next look may read it.
      .catch(() => {});
  }

  async #look(occasion: Occasion): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const list = await this.#list();
    if (this.#stopped.signal.aborted) return;
    const before = this.#seen;
    this.#seen = JSON.stringify(list);
    const isChanged = before !== this.#seen || occasion !== 'time';
    if (this.#shallReopen(list, isChanged, occasion)) await this.#openBest();
  }

  #shallReopen(list: readonly InputDevice[], isChanged: boolean, occasion: Occasion): boolean {
    const { wanted } = this.#options;
    if (!this.#open) {
      // Asking again where the user said no would only annoy; the system tells when they think better of it.
      if (this.#failure?.code === 'permission_denied')
        return occasion === 'permission' || occasion === 'check';
      if (this.#failure && RETRIED.has(this.#failure.code)) return isChanged || this.#isTimeForBusy();
      return isChanged && (list.length > 0 || occasion === 'check');
    }
    const { choice, warning } = this.#open;
    if (wanted !== null && warning && find(list, wanted)) {
      return !RETRIED.has(warning.code) || isChanged || this.#isTimeForBusy();
    }
    return choice !== null && choice !== systemChoice(list);
  }

  #isTimeForBusy(): boolean {
    return this.#options.clock.now() - this.#triedBusyMs >= RETRY_BUSY_MS;
  }

  async #openBest(): Promise<void> {
    const { listener } = this.#options;
    const before = this.#open;
    try {
      const open = await this.#choose();
      if (this.#stopped.signal.aborted) return open.input.close();
      this.#failure = null;
      this.#open = open;
      open.input.onEnded((error) => this.#lost(open, error));
      listener.input(open.input);
      before?.input.close();
      const label = await this.#labelOf(open);
      if (this.#open !== open) return;
      listener.state({
        state: 'flowing',
        label,
        path: 'microphone',
        substitute: open.warning !== null,
        warning: open.warning,
      });
    } catch (thrown) {
      // What is open is better than nothing.
      if (this.#open || this.#stopped.signal.aborted) return;
      const error = anyCaptureError(thrown);
      this.#triedBusyMs = this.#options.clock.now();
      this.#failure = error;
      listener.state({ state: 'lost', problem: problemOf(error) });
    }
  }

  async #choose(): Promise<Open> {
    const { devices, wanted, processing } = this.#options;
    let list = await this.#list();
    if (wanted === null) return this.#openChoice(list, null);
    let first: SoundInput | null = null;
    if (list.every(({ label }) => label === '')) {
      // Names are told only after the user has allowed some microphone.
      first = await devices.openMicrophone(null, processing);
      list = await this.#list();
    }
    const device = find(list, wanted);
    if (!device) {
      const missing = problemOf(captureError('microphone_missing', { message: missingSentence(wanted) }));
      return first
        ? { input: first, warning: missing, choice: systemChoice(list) }
        : this.#openChoice(list, missing);
    }
    try {
      return {
        input: await devices.openMicrophone(device.id, processing),
        warning: null,
        choice: null,
      };
    } catch (thrown) {
      const error = anyCaptureError(thrown);
      if (error.code === 'permission_denied') throw error;
      this.#triedBusyMs = this.#options.clock.now();
      if (this.#open) throw error;
      return await this.#openChoice(list, problemOf(error)).catch(() => {
        throw error;
      });
    } finally {
      first?.close();
    }
  }

  async #openChoice(list: readonly InputDevice[], warning: CaptureWarning | null): Promise<Open> {
    const { devices, processing } = this.#options;
    const input = await devices.openMicrophone(null, processing);
    return { input, warning, choice: systemChoice(list) };
  }

  #lost(open: Open, error: SurtitleError): void {
    if (this.#open !== open) return;
    this.#open = null;
    this.#failure = error;
    open.input.close();
    this.#options.listener.input(null);
    this.#options.listener.state({ state: 'lost', problem: problemOf(error) });
    this.#working = this.#working.then(async () => {
      if (!this.#open && !this.#stopped.signal.aborted) await this.#openBest();
    });
  }

  /** The system’s choice is often just called “Default”: the device behind it has a name. */
  async #labelOf({ input, choice }: Open): Promise<string> {
    if (choice === null) return input.label;
    const list = await this.#list();
    const alias = list.find(({ id }) => id === 'default');
    const behind = list.find(({ id, groupId }) => !ALIASES.has(id) && groupId === alias?.groupId);
    return behind?.label || input.label;
  }

  async #list(): Promise<readonly InputDevice[]> {
    const list = await this.#options.devices.list();
    if (this.#seen === '') this.#seen = JSON.stringify(list);
    return list;
  }
}

/** A device of this name that is not just another entry’s alias. */
function find(list: readonly InputDevice[], label: string): InputDevice | undefined {
  return list.find((device) => device.label === label && !ALIASES.has(device.id));
}

/** Changes when the system’s own choice does. Browsers without an entry for it list it first. */
function systemChoice(list: readonly InputDevice[]): string {
  const choice = list.find(({ id }) => id === 'default') ?? list[0];
  return choice ? `${choice.label} ${choice.groupId}` : '';
}

function missingSentence(wanted: string): string {
  return `The microphone “${wanted}” is not there. Another one is used until it is plugged in.`;
}

import { FLOW_PAUSED_OVER_MS, FLOW_SLOW_OVER_MS } from '../protocol/limits.ts';
import type { FlowState } from '../protocol/server-messages.ts';

/** Below this the work counts as caught up. */
const CAUGHT_UP_MS = 1_000;
/** Intake opens again this far below the mark it shut at, so that reading does not flap. */
const INTAKE_HYSTERESIS_MS = 2_000;

export interface FlowChange {
  /** The new state, or null where it is the same. */
  readonly state: FlowState | null;
  /** Whether audio should be taken in from now on, or null where nothing changed. */
  readonly intakeOpen: boolean | null;
}

/**
 * Turns the amount of waiting audio into `flow` states. A state worsens as soon as its mark is passed and
 * betters only when the work is caught up, so an overload that lasts is reported once each way.
 */
export class FlowControl {
  #state: FlowState = 'ok';
  #intakeOpen = true;

  get state(): FlowState {
    return this.#state;
  }

  /** @param waitingMs audio that was received but not yet worked through. */
  update(waitingMs: number): FlowChange {
    const before = this.#state;
    if (waitingMs > FLOW_PAUSED_OVER_MS) this.#state = 'paused';
    else if (waitingMs > FLOW_SLOW_OVER_MS && this.#state === 'ok') this.#state = 'slow';
    else if (waitingMs < CAUGHT_UP_MS) this.#state = 'ok';
    const intakeBefore = this.#intakeOpen;
    if (waitingMs > FLOW_PAUSED_OVER_MS) this.#intakeOpen = false;
    else if (waitingMs < FLOW_PAUSED_OVER_MS - INTAKE_HYSTERESIS_MS) this.#intakeOpen = true;
    return {
      state: this.#state === before ? null : this.#state,
      intakeOpen: this.#intakeOpen === intakeBefore ? null : this.#intakeOpen,
    };
  }
}

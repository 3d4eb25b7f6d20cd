import { type Clock, systemClock, type Timer } from '../foundation/clock.ts';
import type { CaptionProblem } from './caption-state.ts';

/** What a problem is about. Each has one at most; a newer one takes the place of an older. */
export type ProblemTopic =
  | 'captions'
  | 'capture'
  | 'connection'
  | 'server'
  | 'lost-audio'
  | 'history'
  | 'outside';

/** How long it is shown that something is well again. */
export const NOTICE_MS = 15_000;

const WEIGHT: Readonly<Record<CaptionProblem['severity'], number>> = { notice: 0, warning: 1, error: 2 };

/**
 * Several things can go wrong at once, and the user is shown one: the worst, the newest among equals. What is well
 * again gives way to what still is not. Notices leave by themselves.
 */
export class ProblemBoard {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #problems = new Map<ProblemTopic, CaptionProblem>();
  readonly #notices = new Map<ProblemTopic, Timer>();

  constructor(onChange: () => void, clock: Clock = systemClock) {
    this.#onChange = onChange;
    this.#clock = clock;
  }

  /** What the user is to see. */
  get shown(): CaptionProblem | null {
    let shown: CaptionProblem | null = null;
    for (const problem of this.#problems.values()) {
      if (!shown || WEIGHT[problem.severity] >= WEIGHT[shown.severity]) shown = problem;
    }
    return shown;
  }

  of(topic: ProblemTopic): CaptionProblem | null {
    return this.#problems.get(topic) ?? null;
  }

  set(topic: ProblemTopic, problem: CaptionProblem): void {
    this.#forget(topic);
    this.#problems.set(topic, problem);
    if (problem.severity === 'notice') {
      this.#notices.set(
        topic,
        this.#clock.setTimer(NOTICE_MS, () => this.clear(topic)),
      );
    }
    this.#onChange();
  }

  /** It is well again, or was never wrong. */
  clear(...topics: readonly ProblemTopic[]): void {
    let changed = false;
    for (const topic of topics) changed = this.#forget(topic) || changed;
    if (changed) this.#onChange();
  }

  /** The user has seen it; what is still wrong is told by the state itself. */
  dismiss(): void {
    this.clear(...this.#problems.keys());
  }

  #forget(topic: ProblemTopic): boolean {
    this.#notices.get(topic)?.cancel();
    this.#notices.delete(topic);
    return this.#problems.delete(topic);
  }
}

import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { type EndingStep, takeSteps } from '../../../src/main/ending-steps.ts';

describe('ending the program', () => {
  const clock = new VirtualClock();

  async function taken(first: () => Promise<void>): Promise<readonly string[]> {
    const names: string[] = [];
    const steps: EndingStep[] = [
      { name: 'captions', end: first, patienceMs: 3_000 },
      { name: 'deletions', end: async () => void names.push('deletions'), patienceMs: 1_000 },
    ];
    await Promise.all([takeSteps(steps, clock, silentLogger), clock.advance(3_000)]);
    return names;
  }

  it('deletes what was deleted also where last words do not come', async () => {
    expect(await taken(() => new Promise(() => undefined))).toEqual(['deletions']);
  });

  it('goes on after what failed', async () => {
    expect(await taken(() => Promise.reject(new Error('It failed.')))).toEqual(['deletions']);
  });

  it('leaves no timer behind', async () => {
    await taken(async () => undefined);
    expect(clock.pendingTimers).toBe(0);
  });
});

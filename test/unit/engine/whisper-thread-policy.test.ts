import { describe, expect, it } from 'vitest';
import { ThreadPolicy } from '../../../src/core/engine/thread-policy.ts';

/** A decode of 3 s of audio in which each thread had `share` of a core. */
function decode(policy: ThreadPolicy, wallMs: number, share: number): void {
  policy.record({ audioMs: 3000, wallMs, cpuMs: wallMs * policy.threads * share });
}

describe('the number of threads', () => {
  it('starts where it is told and never passes the most', () => {
    expect(new ThreadPolicy({ start: 1, most: 4 }).threads).toBe(1);
    expect(new ThreadPolicy({ start: 8, most: 4 }).threads).toBe(4);
    expect(new ThreadPolicy({ start: 0, most: 0 }).threads).toBe(1);
  });

  it('steps down when wall time and processor time part twice in a row', () => {
    const policy = new ThreadPolicy({ start: 3, most: 3 });
    decode(policy, 400, 0.5);
    expect(policy.threads).toBe(3);
    decode(policy, 400, 0.5);
    expect(policy.threads).toBe(2);
  });

  it('takes a single crowded decode as chance', () => {
    const policy = new ThreadPolicy({ start: 2, most: 2 });
    for (let i = 0; i < 20; i++) decode(policy, 400, i % 2 === 0 ? 0.5 : 1);
    expect(policy.threads).toBe(2);
  });

  it('never goes below one', () => {
    const policy = new ThreadPolicy({ start: 1, most: 2 });
    for (let i = 0; i < 20; i++) decode(policy, 400, 0.2);
    expect(policy.threads).toBe(1);
  });

  it('steps up when decodes are slow and undisturbed', () => {
    const policy = new ThreadPolicy({ start: 1, most: 2 });
    for (let i = 0; i < 3; i++) decode(policy, 1200, 1);
    expect(policy.threads).toBe(2);
  });

  it('stays when decodes are fast enough', () => {
    const policy = new ThreadPolicy({ start: 1, most: 2 });
    for (let i = 0; i < 50; i++) decode(policy, 200, 1);
    expect(policy.threads).toBe(1);
  });

  it('learns nothing from a decode that was too short to tell', () => {
    const policy = new ThreadPolicy({ start: 2, most: 2 });
    for (let i = 0; i < 20; i++) decode(policy, 5, 0.1);
    expect(policy.threads).toBe(2);
  });

  it('rests longer after each step down before it tries again', () => {
    const policy = new ThreadPolicy({ start: 2, most: 2 });
    const decodesUntilUp = (): number => {
      for (let i = 0; i < 2; i++) decode(policy, 1200, 0.4);
      let count = 0;
      while (policy.threads === 1 && count < 5000) {
        decode(policy, 1200, 1);
        count++;
      }
      return count;
    };
    const first = decodesUntilUp();
    const second = decodesUntilUp();
    expect(first).toBeGreaterThanOrEqual(50);
    expect(second).toBeGreaterThanOrEqual(2 * first - 10);
  });
});

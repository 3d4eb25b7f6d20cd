import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planConcurrency } from '../../../src/core/engine/concurrency.ts';

const TINY = 78_000_000;
const MEDIUM = 1_500_000_000;

describe('the concurrency plan', () => {
  it.each([
    { cores: 1, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 1 } },
    { cores: 2, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 1 } },
    { cores: 8, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 7 } },
    { cores: 64, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 8 } },
    { cores: 2, modelBytes: MEDIUM, gpu: false, plan: { threads: 1, maxConcurrent: 1 } },
    { cores: 8, modelBytes: MEDIUM, gpu: false, plan: { threads: 4, maxConcurrent: 1 } },
    { cores: 16, modelBytes: MEDIUM, gpu: false, plan: { threads: 4, maxConcurrent: 3 } },
    { cores: 16, modelBytes: MEDIUM, gpu: true, plan: { threads: 1, maxConcurrent: 1 } },
  ])('is $plan for $cores cores, $modelBytes bytes, GPU $gpu', ({ plan, ...options }) => {
    expect(planConcurrency(options)).toEqual(plan);
  });

  it('leaves a core free, whatever the machine and the model', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 256 }),
        fc.integer({ min: 1, max: 4_000_000_000 }),
        fc.boolean(),
        (cores, modelBytes, gpu) => {
          const { threads, maxConcurrent } = planConcurrency({ cores, modelBytes, gpu });
          expect(threads * maxConcurrent).toBeLessThan(cores);
          expect(Math.min(threads, maxConcurrent)).toBeGreaterThanOrEqual(1);
        },
      ),
    );
  });

  it.each([
    { cores: 1, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 1 } },
    { cores: 2, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 2 } },
    { cores: 8, modelBytes: MEDIUM, gpu: false, plan: { threads: 4, maxConcurrent: 2 } },
    { cores: 64, modelBytes: TINY, gpu: false, plan: { threads: 1, maxConcurrent: 8 } },
    { cores: 8, modelBytes: MEDIUM, gpu: true, plan: { threads: 1, maxConcurrent: 1 } },
  ])(
    'of a batch leaves no core free: $plan for $cores cores, $modelBytes bytes, GPU $gpu',
    ({ plan, ...options }) => {
      expect(planConcurrency({ ...options, work: 'batch' })).toEqual(plan);
    },
  );

  it('takes the user’s word for the decodes, with more threads for fewer of a large model', () => {
    const options = { cores: 8, gpu: false, work: 'batch' } as const;
    expect(planConcurrency({ ...options, modelBytes: MEDIUM, maxConcurrent: 4 })).toEqual({
      threads: 2,
      maxConcurrent: 4,
    });
    expect(planConcurrency({ ...options, modelBytes: TINY, maxConcurrent: 3 })).toEqual({
      threads: 1,
      maxConcurrent: 3,
    });
  });

  it('takes the user’s word for the threads, with fewer decodes for more threads', () => {
    expect(planConcurrency({ cores: 9, modelBytes: TINY, gpu: false, threads: 4 })).toEqual({
      threads: 4,
      maxConcurrent: 2,
    });
  });
});

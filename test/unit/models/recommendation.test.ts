import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE, findModel } from '../../../src/core/models/catalogue.ts';
import {
  COMFORTABLE_SPEED,
  estimateMemory,
  estimateSpeed,
  recommendModels,
  suitabilityOf,
} from '../../../src/core/models/recommendation.ts';

const GB = 1e9;

function model(name: string) {
  const found = findModel(name);
  if (!found) throw new Error(`${name} is in the catalogue.`);
  return found;
}

describe('the recommendation', () => {
  test.each([
    [14, 16, { english: 'tiny.en', multilingual: 'tiny' }],
    [50, 16, { english: 'base.en', multilingual: 'base' }],
    [100, 16, { english: 'small.en', multilingual: 'small' }],
    [500, 16, { english: 'large-v3-turbo', multilingual: 'large-v3-turbo' }],
    [1000, 32, { english: 'large-v3', multilingual: 'large-v3' }],
    [1000, 2, { english: 'small.en', multilingual: 'small' }],
    [1000, 1, { english: 'base.en', multilingual: 'base' }],
  ])(
    'for %i × real time and %i GB is the best that keeps up and fits',
    (starterTimesRealTime, memory, expected) => {
      expect(recommendModels(CATALOGUE, { starterTimesRealTime, memoryBytes: memory * GB })).toEqual(
        expected,
      );
    },
  );

  test('is none where nothing keeps up, or nothing was measured', () => {
    expect(recommendModels(CATALOGUE, { starterTimesRealTime: 9, memoryBytes: 64 * GB })).toBeNull();
    expect(recommendModels(CATALOGUE, { starterTimesRealTime: null, memoryBytes: 64 * GB })).toBeNull();
  });

  test('is never a model that falls behind or does not fit, and never worse for a faster machine', () => {
    const speed = fc.double({ min: 1, max: 3000, noNaN: true });
    const memory = fc.double({ min: 5e8, max: 64e9, noNaN: true });
    fc.assert(
      fc.property(speed, memory, (starterTimesRealTime, memoryBytes) => {
        const machine = { starterTimesRealTime, memoryBytes };
        const recommended = recommendModels(CATALOGUE, machine);
        if (!recommended) return;
        for (const name of Object.values(recommended)) {
          expect(estimateSpeed(model(name), starterTimesRealTime)).toBeGreaterThanOrEqual(COMFORTABLE_SPEED);
          expect(estimateMemory(model(name))).toBeLessThan(memoryBytes);
        }
        const faster = recommendModels(CATALOGUE, {
          ...machine,
          starterTimesRealTime: 2 * starterTimesRealTime,
        });
        const order = (name: string): number => estimateSpeed(model(name), 1);
        expect(order(faster?.multilingual ?? '')).toBeLessThanOrEqual(order(recommended.multilingual) * 1.6);
      }),
    );
  });
});

test('a model that needs more memory than there is to spare is told as that, measured or not', () => {
  const machine = { starterTimesRealTime: null, memoryBytes: 4 * GB };
  expect(suitabilityOf(model('large-v3'), machine)).toBe('too_large');
  expect(suitabilityOf(model('base.en'), machine)).toBeNull();
});

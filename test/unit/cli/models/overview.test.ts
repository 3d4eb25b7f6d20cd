import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { modelOverview } from '../../../../src/app/models/model-overview.ts';
import { formatOverview } from '../../../../src/cli/models/format-overview.ts';
import { cellWidth } from '../../../../src/core/foundation/text-width.ts';
import { CATALOGUE, findModel } from '../../../../src/core/models/catalogue.ts';
import type { StoredModel } from '../../../../src/core/models/store.ts';

const colors = pc.createColors(false);
const STARTER: StoredModel = {
  name: 'starter.en',
  path: '/s',
  bytes: 12_606_496,
  state: 'bundled',
  catalogue: null,
};

function stored(name: string, state: StoredModel['state'], bytes: number): StoredModel {
  return { name, path: `/models/ggml-${name}.bin`, bytes, state, catalogue: findModel(name) ?? null };
}

function show(
  installed: StoredModel[],
  starterTimesRealTime: number | null,
  columns = 79,
  all = false,
): string {
  const machine = { starterTimesRealTime, memoryBytes: 16e9 };
  return formatOverview(modelOverview('/models', installed, CATALOGUE, machine), { all, columns, colors });
}

describe('the list of models', () => {
  test('at a first start says plainly what the starter is, and gives one command to a real model', () => {
    const text = show([STARTER], null);
    expect(text).toMatch(/starter\.en +12\.6 MB +only a demo\n/u);
    expect(text.replace(/\n/gu, ' ')).toContain('It is not for captioning people.');
    expect(text).toContain('Get a real model with: surtitle models pull base.en\n');
    expect(text).toContain('surtitle models list --benchmark');
  });

  test('has no column for the speed here before it was measured', () => {
    expect(show([STARTER], null)).toMatch(/to download +size +memory +languages\n/u);
    expect(show([STARTER], 60)).toMatch(/to download +size +memory +languages +here\n/u);
  });

  test('shows size, memory and speed of what there is to download, and marks what to take', () => {
    const lines = show([STARTER], 60).split('\n');
    expect(lines.find((line) => line.includes(' small.en '))).toBe(
      '  small.en         488 MB  1.06 GB  English    live captions, 4.4 ×',
    );
    expect(lines.filter((line) => line.startsWith('★ ')).map((line) => line.split(' ')[1])).toEqual([
      'base',
      'base.en',
      'For',
    ]);
  });

  test('leaves the quantised models to --all, and out what is installed', () => {
    const installed = [STARTER, stored('base.en', 'verified', 147_964_211)];
    const plain = show(installed, 60);
    expect(plain).not.toMatch(/-q\d_\d/u);
    expect(plain.match(/ base\.en /gu)).toHaveLength(2);
    expect(plain).toMatch(/base\.en +148 MB +verified\n/u);
    expect(plain).not.toContain('Get a real model');
    expect(show(installed, 60, 79, true)).toContain('large-v3-turbo-q5_0');
  });

  test('tells how to go on with what is unfinished or not checked', () => {
    const text = show(
      [STARTER, stored('base.en', 'partial', 50_000_000), stored('tiny', 'unchecked', 77_691_713)],
      null,
    );
    expect(text).toMatch(/base\.en +50\.0 MB of 148 MB +unfinished\n/u);
    expect(text).toContain('surtitle models pull base.en goes on where the download stopped.');
    expect(text).toContain('surtitle models pull tiny checks what is there.');
  });

  test.each([40, 50, 60, 79, 100])('keeps within %i columns', (columns) => {
    const text = show([STARTER, stored('large-v3-turbo-q5_0', 'partial', 1e8)], 60, columns, true);
    const widest = Math.max(...text.split('\n').map(cellWidth));
    expect(widest).toBeLessThanOrEqual(Math.max(columns, 62));
    expect(text).toContain('large-v3-turbo');
  });
});

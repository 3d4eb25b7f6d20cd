import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { recommendModel, threadCounts } from '../../../src/app/doctor/decode-benchmark.ts';
import { compareBuild, featuresInCpuInfo, featuresInSysctl } from '../../../src/app/doctor/processor.ts';
import { checkDataFolder, checkPort, isSupportedNode } from '../../../src/app/doctor/surroundings.ts';
import { formatFinding, formatVerdict, isUsable } from '../../../src/cli/doctor/report.ts';
import { textLogger } from '../../../src/cli/logging.ts';
import { cellWidth } from '../../../src/core/foundation/text-width.ts';

const NATIVE = { arch: 'native', compiler: 'c++ 12', backend: 'cpu', gpu: false };
const plain = pc.createColors(false);

describe('the processor', () => {
  test('is read from the system on x86 and ARM', () => {
    expect(featuresInCpuInfo('model name\t: X\nflags\t\t: fpu avx avx2 fma f16c avx512f\n')).toEqual([
      'avx2',
      'fma',
      'f16c',
      'avx512',
    ]);
    expect(featuresInCpuInfo('Features\t: fp asimd evtstrm\n')).toEqual(['neon']);
    expect(featuresInSysctl('hw.optional.arm64: 1\nhw.optional.neon: 1\nhw.optional.avx2_0: 0\n')).toEqual([
      'neon',
    ]);
  });

  test('that lacks what the engine was built for makes Surtitle unusable', () => {
    const finding = compareBuild(['avx2', 'avx512'], ['avx2'], NATIVE);
    expect(finding).toMatchObject({ status: 'fail', summary: expect.stringContaining('avx512') });
    expect(isUsable([finding])).toBe(false);
  });

  test('that can do more than the engine uses is worth a new build', () => {
    expect(compareBuild([], ['avx2'], NATIVE)).toMatchObject({
      status: 'warn',
      advice: expect.stringContaining('build:engine'),
    });
  });

  test('that is unknown is given the benefit of the doubt', () => {
    expect(compareBuild(['neon'], null, NATIVE).status).toBe('ok');
  });
});

describe('the surroundings', () => {
  test('need a Node that is supported', () => {
    expect(
      ['18.20.0', '20.18.3', '20.19.0', '21.7.0', '22.11.0', '22.12.0', '24.0.0'].map(isSupportedNode),
    ).toEqual([false, false, true, false, false, true, true]);
  });

  test('tell a port in use from a free one', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    expect(await checkPort(port)).toMatchObject({ status: 'warn', facts: { free: false } });
    await new Promise((resolve) => server.close(resolve));
    expect(await checkPort(port)).toMatchObject({ status: 'ok', facts: { free: true } });
  });

  test('have a data folder that is really written to', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-doctor-'));
    expect(await checkDataFolder(path.join(folder, 'new'))).toMatchObject({
      facts: { folder: path.join(folder, 'new') },
    });
    rmSync(folder, { recursive: true });
    expect(await checkDataFolder(path.join(process.execPath, 'x'))).toMatchObject({ status: 'fail' });
  });
});

describe('the report', () => {
  const finding = {
    check: 'port',
    status: 'warn',
    summary: 'Port 8000 is in use, perhaps by a Surtitle that is running.',
    advice: 'Use another with `surtitle serve --port 0`.',
  } as const;

  test('wraps what was found and what to do to the width', () => {
    const text = formatFinding(finding, plain, 40);
    expect(text.split('\n')).toEqual([
      '! Port 8000 is in use, perhaps by a',
      '  Surtitle that is running.',
      '  → Use another with `surtitle serve',
      '    --port 0`.',
    ]);
    expect(Math.max(...text.split('\n').map(cellWidth))).toBeLessThanOrEqual(40);
  });

  test('says plainly whether Surtitle works', () => {
    expect(formatVerdict([finding], null, plain, 80)).toBe('Surtitle works here.');
    expect(formatVerdict([{ ...finding, status: 'fail' }], null, plain, 80)).toContain(
      'one thing needs doing',
    );
  });
});

describe('the recommendation', () => {
  const starter = { name: 'starter.en', path: '/m', starter: true };

  test('always says that the starter model is a demo', () => {
    expect(recommendModel(starter, [{ threads: 1, timesRealTime: 50 }])).toMatch(/is a demo.*base models/su);
  });

  test('judges a real model by what was measured', () => {
    const model = { name: 'small', path: '/m', starter: false };
    expect(recommendModel(model, [{ threads: 2, timesRealTime: 1.5 }])).toContain('too slow');
    expect(
      recommendModel(model, [
        { threads: 1, timesRealTime: 1 },
        { threads: 2, timesRealTime: 9 },
      ]),
    ).toContain('fast enough');
  });

  test('times one thread and all of them, but not the same twice', () => {
    expect([threadCounts(1), threadCounts(8)]).toEqual([[1], [1, 8]]);
  });
});

test('the text log leaves out what is below its level and quotes what has spaces', () => {
  let written = '';
  const logger = textLogger(
    'info',
    (line) => {
      written += line;
    },
    () => new Date(2026, 0, 1, 12, 34, 56),
  );
  logger.debug('quiet');
  logger.warn('Slow.', { sessions: 2, reason: 'too much\nwork', missing: undefined });
  expect(written).toBe('12:34:56 warn  Slow.  sessions=2  reason="too much\\nwork"\n');
});

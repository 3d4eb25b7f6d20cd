import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findModel } from '../../../src/core/models/catalogue.ts';
import { type Finished, repository, SurtitleProcess } from '../cli/surtitle-process.ts';
import { type Exchange, HostileServer } from './hostile-server.ts';

const STARTER = path.join(repository, 'resources', 'models', 'ggml-starter.en.bin');
const tiny = findModel('tiny.en-q5_1');
if (!tiny) throw new Error('The catalogue has tiny.en-q5_1.');

let home: string;
let server: HostileServer;

beforeAll(async () => {
  server = await HostileServer.start(new Map([['/ggml-tiny.en-q5_1.bin', Buffer.alloc(tiny.bytes)]]));
});
afterAll(() => server.stop());

beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'surtitle-models-cli-'));
  server.requests.length = 0;
  server.behave = (exchange) => exchange.serve();
});
afterEach(() => rmSync(home, { recursive: true }));

function start(...args: string[]): SurtitleProcess {
  return new SurtitleProcess(['models', ...args], { SURTITLE_HOME: home, HOME: home });
}

function run(...args: string[]): Promise<Finished> {
  return start(...args).end();
}

describe('surtitle models', () => {
  test('list shows the demo, what there is, and the one command to a real model', async () => {
    const { exitCode, stdout, stderr } = await run('list');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/starter\.en.*only a demo/u);
    expect(stdout).toContain('surtitle models pull base.en');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(80);
  });

  test('list --json is for programs', async () => {
    const { stdout } = await run('list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      folder: path.join(home, 'models'),
      installed: [{ name: 'starter.en', state: 'bundled' }],
      available: expect.arrayContaining([expect.objectContaining({ name: 'base.en', bytes: 147_964_211 })]),
      recommendation: null,
    });
  });

  test('path prints the path alone, for scripts', async () => {
    expect(await run('path', 'starter.en')).toEqual({ exitCode: 0, stdout: `${STARTER}\n`, stderr: '' });
    expect(await run('path', 'base.en')).toMatchObject({
      exitCode: 7,
      stdout: '',
      stderr: expect.stringContaining('surtitle models pull base.en'),
    });
  });

  test('import and rm take a file in and out', async () => {
    expect(await run('import', STARTER)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--trust'),
    });
    expect(await run('import', STARTER, '--trust', '--name', 'mine')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^mine is here .*--model mine\.\n$/u),
    });
    const { stdout } = await run('path', 'mine');
    expect(readFileSync(stdout.trim()).equals(readFileSync(STARTER))).toBe(true);
    expect(await run('rm', 'mine')).toMatchObject({ exitCode: 0, stdout: 'mine is removed (12.6 MB).\n' });
    expect(await run('rm', 'starter.en')).toMatchObject({ exitCode: 2 });
  });

  test.each([
    ['bse.en', 7, /Did you mean .*base\.en/u],
    ['../../x', 7, /no model/u],
  ])('pull %s exits with %i and helps', async (name, exitCode, message) => {
    expect(await run('pull', name)).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
  });

  test('pull from a mirror that has something else of the same size says so and keeps nothing', async () => {
    const finished = await run('pull', tiny.name, '--mirror', server.url);
    expect(finished).toMatchObject({
      exitCode: 12,
      stdout: '',
      stderr: expect.stringContaining('(checksum_mismatch)'),
    });
    expect(existsSync(path.join(home, 'models', `ggml-${tiny.name}.bin.part`))).toBe(false);
  });

  test('pull takes the mirror from the environment too', async () => {
    const environment = { SURTITLE_HOME: home, HOME: home, SURTITLE_MODEL_MIRROR: `${server.url}/nowhere` };
    const finished = await new SurtitleProcess(['models', 'pull', tiny.name], environment).end();
    expect(finished).toMatchObject({ exitCode: 12, stderr: expect.stringContaining('(download_not_found)') });
    expect(server.requests).toMatchObject([{ path: `/nowhere/ggml-${tiny.name}.bin` }]);
  });

  test('pull takes the mirror from the settings, where nothing else names one', async () => {
    const environment = { SURTITLE_HOME: home, HOME: home };
    const mirror = `${server.url}/of-the-settings`;
    await new SurtitleProcess(['settings', 'set', 'models.mirror', mirror], environment).end();
    expect(await run('pull', tiny.name)).toMatchObject({ exitCode: 12 });
    expect(await run('pull', tiny.name, '--mirror', `${server.url}/given`)).toMatchObject({ exitCode: 12 });
    expect(server.requests.map((request) => request.path)).toEqual([
      `/of-the-settings/ggml-${tiny.name}.bin`,
      `/given/ggml-${tiny.name}.bin`,
    ]);
  });

  test('pull that is interrupted keeps what has come, says how to go on, and does', async () => {
    const half = (exchange: Exchange): void => exchange.serveBytes(tiny.bytes / 2, {}, 'hang');
    server.behave = half;
    const pulling = start('pull', tiny.name, '--mirror', server.url);
    const part = path.join(home, 'models', `ggml-${tiny.name}.bin.part`);
    await until(() => existsSync(part) && statSync(part).size > 1_000_000);
    pulling.signal('SIGINT');
    expect(await pulling.end()).toMatchObject({
      exitCode: 130,
      stdout: '',
      stderr: expect.stringMatching(/Stopped\. .* of 32\.2 MB are kept\. To go on: surtitle models pull/u),
    });
    server.behave = (exchange) => exchange.response.writeHead(403).end();
    expect(await run('pull', tiny.name, '--mirror', server.url)).toMatchObject({ exitCode: 12 });
    expect(server.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d+-$/u);
    const { stdout } = await run('list');
    expect(stdout).toMatch(/tiny\.en-q5_1 .* of 32\.2 MB +unfinished/u);
  });

  test('pull of what lies there unchecked checks it', async () => {
    mkdirSync(path.join(home, 'models'));
    writeFileSync(path.join(home, 'models', `ggml-${tiny.name}.bin`), 'not it');
    expect(createHash('sha256').update('not it').digest('hex')).not.toBe(tiny.sha256);
    expect(await run('pull', tiny.name)).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining('(model_exists)'),
    });
  });
});

/** Waits for something that another process does. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

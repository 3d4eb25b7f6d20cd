import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseEventLog } from '../../../src/cli/measures/event-log.ts';
import { readSamples } from '../../../src/cli/measures/samples.ts';
import { countWordErrors, totalWordErrors } from '../../../src/core/transcript/word-error-rate.ts';
import {
  engineIsBuilt,
  ensureBuilt,
  type Finished,
  repository,
  SurtitleProcess,
  samples,
} from './surtitle-process.ts';

const ESCAPE = '\u001b';
const CLIP = path.join(samples, 'clip03-seen.wav');
const TALK = path.join(samples, 'talk.wav');
const CLIP_TEXT = 'David said that the bottle was open. What do you think about the city?';

let home: string;

beforeAll(() => {
  ensureBuilt();
  home = mkdtempSync(path.join(os.tmpdir(), 'surtitle-cli-'));
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function start(
  args: readonly string[],
  environment: Record<string, string> = {},
  stdout?: string,
  stderr?: string,
): SurtitleProcess {
  return new SurtitleProcess(args, { SURTITLE_HOME: home, HOME: home, ...environment }, stdout, stderr);
}

function run(args: readonly string[], environment: Record<string, string> = {}): Promise<Finished> {
  return start(args, environment).end();
}

/** Captions as printed, without their times. */
function textOf({ stdout }: Finished): string {
  return stdout
    .split('\n')
    .map((line) => line.replace(/^\s*[\d:]+\s+/u, ''))
    .filter((line) => line !== '')
    .join(' ');
}

function eventsOf({ stdout }: Finished): { type: string; at_ms: number; text?: string }[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const noEngine = engineIsBuilt() ? '' : ' (skipped: the engine is not built, see npm run build:engine)';
if (noEngine !== '') console.warn(`The command line's tests with an engine are skipped${noEngine}.`);

const FULL_DEVICE = '/dev/full';
const noFullDevice = !existsSync(FULL_DEVICE);
if (noFullDevice) console.warn(`The tests of a full disk are skipped: there is no ${FULL_DEVICE} here.`);

describe.skipIf(noEngine !== '')(`a server and its clients${noEngine}`, () => {
  let server: SurtitleProcess;
  let url: string;
  let firstLines: string[];

  beforeAll(async () => {
    server = start(['serve', '--port', '0']);
    const ready = await server.line(/ready/u);
    url = /ws:\/\/\S+$/u.exec(ready)?.[0] ?? '';
    firstLines = [ready, await server.line(/token/u)];
  });

  afterAll(async () => {
    server.signal('SIGTERM');
    expect(await server.end()).toMatchObject({ exitCode: 0 });
  });

  test('serve says where it serves and where the token is, but not the token', () => {
    const file = path.join(home, 'token');
    expect(firstLines[0]).toMatch(/ws:\/\/127\.0\.0\.1:\d+\/ws$/u);
    expect(firstLines[1]).toBe(`The token is in ${file}`);
    expect(firstLines.join()).not.toContain(readFileSync(file, 'utf8').trim());
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('stream prints the captions of a file, one a line with its time', async () => {
    const finished = await run(['stream', CLIP, '--url', url, '--fast', '--no-history']);
    expect(finished).toMatchObject({ exitCode: 0, stderr: '' });
    expect(finished.stdout).toMatch(/^ 0:00 {2}David/u);
    expect(totalWordErrors(countWordErrors(CLIP_TEXT, textOf(finished)))).toBeLessThanOrEqual(1);
  });

  test('stream --json prints the events, one a line, without the secret of the session', async () => {
    const finished = await run(['stream', CLIP, '--url', url, '--fast', '--json', '--word-timestamps']);
    const events = eventsOf(finished);
    const types = events.map((event) => event.type);
    expect(types.indexOf('speech_started')).toBeLessThan(types.indexOf('final'));
    expect(types.at(-2)).toBe('session_ended');
    expect(events.every((event) => typeof event.at_ms === 'number')).toBe(true);
    expect(events.find((event) => event.type === 'final')).toMatchObject({ words: expect.any(Array) });
    expect(finished.stdout).not.toContain('resume_token');
  });

  test('stream takes raw audio and WAV on stdin alike', async () => {
    const file = readFileSync(CLIP);
    const texts = [];
    for (const [audio, options] of [
      [file, []],
      [file.subarray(44), ['--encoding', 'pcm_s16le', '--sample-rate', '16000']],
    ] as const) {
      const process = start(['stream', '-', '--url', url, '--fast', ...options]);
      process.stdin.end(audio);
      texts.push(textOf(await process.end()));
    }
    expect(texts[0]).toBe(texts[1]);
    expect(totalWordErrors(countWordErrors(CLIP_TEXT, texts[0] ?? ''))).toBeLessThanOrEqual(1);
  });

  test('stream --log leaves what the benchmark needs', async () => {
    const log = path.join(home, 'events.jsonl');
    await run(['stream', CLIP, '--url', url, '--fast', '--log', log]);
    const { captions, sent } = parseEventLog(readFileSync(log, 'utf8'));
    expect(captions.some(({ kind }) => kind === 'final')).toBe(true);
    const clip = readSamples(samples).find(({ file }) => file === CLIP);
    expect(Math.abs((sent.at(-1)?.endMs ?? 0) - (clip?.durationMs ?? 0))).toBeLessThanOrEqual(10);
  });

  test('Ctrl-C ends a recording politely: what was said is still captioned', async () => {
    const process = start(['stream', TALK, '--url', url, '--json']);
    await process.line(/"type":"partial".*"text":"[^"]+ /u);
    process.signal('SIGINT');
    const finished = await process.end();
    const types = eventsOf(finished).map((event) => event.type);
    expect(types).toContain('final');
    expect(types).toContain('session_ended');
    expect(finished.exitCode).toBe(0);
  });

  test('a second Ctrl-C gives up at once', async () => {
    const process = start(['stream', TALK, '--url', url, '--json']);
    await process.line(/"type":"partial"/u);
    // A server that does not answer any more, so that the polite end cannot come first.
    server.signal('SIGSTOP');
    try {
      process.signal('SIGINT');
      await process.line(/Ctrl-C again/u, 'stderr');
      process.signal('SIGINT');
      expect((await process.end()).exitCode).toBe(130);
    } finally {
      server.signal('SIGCONT');
    }
  });

  test('a server that is killed and started again does not cost a word', async () => {
    const killed = start(['serve', '--port', '0']);
    const address = /ws:\/\/\S+$/u.exec(await killed.line(/ready/u))?.[0] ?? '';
    const client = start(['stream', CLIP, '--url', address]);
    const whileStreaming = start(['stream', CLIP, '--url', address, '--json']);
    await whileStreaming.line(/"type":"partial"/u);
    killed.signal('SIGKILL');
    await client.line(/Connection lost/u, 'stderr');
    await killed.end();
    const restarted = start(['serve', '--port', new URL(address).port]);
    try {
      const finished = await client.end();
      expect(finished.exitCode).toBe(0);
      expect(finished.stderr).toContain('Connected again.');
      expect(totalWordErrors(countWordErrors(CLIP_TEXT, textOf(finished)))).toBeLessThanOrEqual(1);
      expect((await whileStreaming.end()).exitCode).toBe(0);
    } finally {
      restarted.signal('SIGTERM');
      await restarted.end();
    }
  });

  test.skipIf(noFullDevice)('a log on a full disk is said, and captions go on', async () => {
    const finished = await run(['stream', CLIP, '--url', url, '--fast', '--log', '/dev/full']);
    expect(finished.exitCode).toBe(3);
    expect(finished.stderr).toMatch(/captions go on\.\n.*The disk is full: .*\(log_unwritable\)\n$/su);
    expect(totalWordErrors(countWordErrors(CLIP_TEXT, textOf(finished)))).toBeLessThanOrEqual(1);
  });

  test.skipIf(noFullDevice)('captions for a full disk are an error', async () => {
    const finished = await start(['stream', CLIP, '--url', url, '--fast', '--json'], {}, FULL_DEVICE).end();
    expect(finished.exitCode).toBe(3);
    expect(finished.stderr).toMatch(/^error: .*The disk is full: .*\(output_unwritable\)\n$/u);
  });

  test.skipIf(noFullDevice).each(['text', 'json'])(
    'a server whose log (%s) is on a full disk serves on',
    async (format) => {
      const own = start(['serve', '--port', '0', '--log-format', format], {}, undefined, FULL_DEVICE);
      const address = /ws:\/\/\S+$/u.exec(await own.line(/ready/u))?.[0] ?? '';
      expect((await run(['stream', CLIP, '--url', address, '--fast'])).exitCode).toBe(0);
      own.signal('SIGTERM');
      expect((await own.end()).exitCode).toBe(0);
    },
  );

  test('standard input without any audio is an error', async () => {
    const process = start(['stream', '-', '--url', url]);
    process.stdin.end();
    const finished = await process.end();
    expect(finished.exitCode).toBe(4);
    expect(finished.stderr).toMatch(/^error: Standard input ended before .*\(audio_file_invalid\)\n$/u);
  });

  test('a reader that goes away early is no error', async () => {
    const process = start(['stream', TALK, '--url', url, '--json']);
    await process.line(/"type":"partial"/u);
    process.closeStdout();
    expect(await process.end()).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('a wrong token is refused, without being repeated', async () => {
    const finished = await run(['stream', CLIP, '--url', url, '--token', 'not-the-token']);
    expect(finished.exitCode).toBe(6);
    expect(finished.stderr).toContain('(unauthorized)');
    expect(finished.stderr).not.toContain('not-the-token');
  });

  test('a language the model does not know is a wrong option', async () => {
    const finished = await run(['stream', CLIP, '--url', url, '--language', 'de']);
    expect(finished.exitCode).toBe(2);
    expect(finished.stderr).toMatch(/^error: .*only knows English.*\(unsupported_language\)\n$/u);
  });

  test('a port in use is said plainly', async () => {
    const { port } = new URL(url);
    const finished = await run(['serve', '--port', port]);
    expect(finished.exitCode).toBe(9);
    expect(finished.stderr).toContain('(port_in_use)');
  });

  test('serve ends politely while a client is streaming, and the client is told', async () => {
    const own = start(['serve', '--port', '0', '--log-format', 'json']);
    const address = /ws:\/\/\S+$/u.exec(await own.line(/ready/u))?.[0] ?? '';
    const client = start(['stream', TALK, '--url', address]);
    await own.line(/"msg":"The server listens\."/u, 'stderr');
    await client.line(/Welcome/u);
    own.signal('SIGINT');
    expect((await own.end()).exitCode).toBe(0);
    await client.line(/Connection lost/u, 'stderr');
    client.signal('SIGINT');
    client.signal('SIGTERM');
    await client.end();
  });

  test('the demo captions its talk and says how well it went, without a terminal in plain lines', async () => {
    const finished = await run(['demo', '--fast']);
    expect(finished.exitCode).toBe(0);
    expect(finished.stdout).not.toContain(ESCAPE);
    const talk = readSamples(samples).find(({ file }) => file === TALK);
    const captions = finished.stdout.split('\n').filter((line) => /^\s+\d+:\d\d {2}/u.test(line));
    const errors = countWordErrors(
      talk?.transcript ?? '',
      textOf({ ...finished, stdout: captions.join('\n') }),
    );
    expect(totalWordErrors(errors)).toBeLessThanOrEqual(3);
    expect(finished.stdout).toMatch(/word error rate.*is a demo.*surtitle models pull/su);
  });

  test('the doctor finds everything it needs', async () => {
    const finished = await run(['doctor', '--json']);
    const report = JSON.parse(finished.stdout);
    expect(report).toMatchObject({ usable: true, recommendation: expect.stringContaining('is a demo') });
    expect(report.findings.map(({ check }: { check: string }) => check)).toEqual(
      expect.arrayContaining([
        'node',
        'processor',
        'engine',
        'data',
        'port',
        'voice_activity',
        'model',
        'speed',
      ]),
    );
    expect(finished.exitCode).toBe(0);
  });
});

describe('the command line without a server', () => {
  test.each([
    ['a missing file', ['stream', 'no-such-file.wav'], 3, 'input_not_found'],
    ['a file that is no audio', ['stream', 'package.json'], 4, 'audio_file_invalid'],
    ['no server at the address', ['stream', CLIP, '--url', 'ws://127.0.0.1:9'], 5, 'connection_failed'],
    ['a model that does not exist', ['serve', '--port', '0', '--model', 'large'], 7, 'model_not_found'],
    [
      'another address than loopback without the switch',
      ['serve', '--host', '0.0.0.0', '--port', '0'],
      2,
      'remote_address_refused',
    ],
    ['a token that can be guessed', ['serve', '--port', '0', '--token', 'secret'], 2, 'token_weak'],
  ])('reports %s with an exit code of its own', async (_what, args, exitCode, code) => {
    const finished = await run(args);
    expect(finished.stderr).toMatch(new RegExp(`error: .*\\(${code}\\)\n$`));
    expect(finished).toMatchObject({ exitCode, stdout: '' });
    expect(finished.stderr).not.toContain('    at ');
  });

  test('a damaged model is refused before anything is served', async () => {
    const model = path.join(home, 'ggml-broken.bin');
    writeFileSync(model, 'nonsense');
    const finished = await run(['serve', '--port', '0', '--model', model, '--log-level', 'error']);
    expect(finished.exitCode).toBe(engineIsBuilt() ? 7 : 8);
    expect(finished.stdout).toBe('');
  });

  test('the variable of the older server chooses the model', async () => {
    const finished = await run(['serve', '--port', '0'], { WHISPER_MODEL_SIZE: 'medium' });
    expect(finished.exitCode).toBe(7);
    expect(finished.stderr).toContain('ggml-medium.bin');
  });

  test('an unknown option is refused with a hint', async () => {
    const finished = await run(['demo', '--sing']);
    expect(finished.exitCode).toBe(2);
    expect(finished.stderr).toContain('--help');
  });

  test('the doctor says what is missing, and that it matters', async () => {
    const finished = await run(['doctor'], { SURTITLE_ENGINE_DIR: home });
    expect(finished.exitCode).toBe(11);
    expect(finished.stdout).toMatch(/✗ The speech engine is not built\.\n.*build:engine/u);
  });

  test('a checkout that was never built says how to build it', () => {
    const folder = path.join(home, 'unbuilt');
    mkdirSync(path.join(folder, 'bin'), { recursive: true });
    copyFileSync(path.join(repository, 'bin', 'surtitle.js'), path.join(folder, 'bin', 'surtitle.mjs'));
    expect(() =>
      execFileSync(process.execPath, [path.join(folder, 'bin', 'surtitle.mjs')], { stdio: 'pipe' }),
    ).toThrowError(/npm run build/u);
  });
});

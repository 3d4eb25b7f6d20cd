import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SurtitleServer } from '../../../src/core/server/server.ts';
import { parseJsonTranscript } from '../../../src/core/transcript/exports/json.ts';
import { journalPath, newSessionId } from '../../../src/core/transcript/journal-files.ts';
import { journalText } from '../../unit/transcript/journal-bench.ts';
import { ensureBuilt, type Finished, SurtitleProcess } from '../cli/surtitle-process.ts';
import { FULL_TOKEN, spoken, startTestServer } from '../server/harness.ts';

/** Words of the scripted engine, and the caption they come back as. */
const SPOKEN = 'morning river garden';

let server: SurtitleServer;
let folder: string;
/** Surtitle's data folder, which is not there yet. */
let home: string;

beforeAll(async () => {
  ensureBuilt();
  server = await startTestServer();
});

afterAll(() => server.close());

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'surtitle-history-'));
  home = join(folder, 'home');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): Promise<Finished> {
  return new SurtitleProcess(args, { SURTITLE_HOME: home, SURTITLE_TOKEN: FULL_TOKEN }).end();
}

function stream(...options: string[]): Promise<Finished> {
  const url = `${server.url.replace('http', 'ws')}/ws`;
  const process = new SurtitleProcess(['stream', '-', '--fast', '--url', url, ...options], {
    SURTITLE_HOME: home,
    SURTITLE_TOKEN: FULL_TOKEN,
  });
  process.stdin.end(spoken(SPOKEN));
  return process.end();
}

/** Puts a session of one final into the history, left behind by a killed process. @returns its id. */
function keep(text: string, startedAt: Date): string {
  const id = newSessionId(startedAt);
  mkdirSync(join(home, 'history'), { recursive: true });
  const final = { text, start_ms: 0, end_ms: 900, language: 'en', confidence: 1 };
  writeFileSync(journalPath(join(home, 'history'), id), journalText(id, [final]));
  return id;
}

describe('a stream', () => {
  it('is kept, said so once, and can be listed, found, renamed, exported and deleted', async () => {
    const streamed = await stream();
    expect(streamed.exitCode).toBe(0);
    expect(streamed.stderr).toMatch(
      /^Kept in the history as \w{9}; `surtitle settings set history\.enabled false` turns it off\.\n$/u,
    );
    const caption = streamed.stdout.replace(/^ 0:\d\d {2}/u, '').trim();
    expect(caption.toLowerCase()).toContain('river');

    const { stdout: listed } = await run('history', 'list', '--json');
    const [session] = JSON.parse(listed) as { id: string; state: string; words: number; title: string }[];
    expect(session).toMatchObject({ state: 'ended', words: 3, title: caption });

    expect((await run('history', 'rename', 'last', 'Garden', 'talk')).exitCode).toBe(0);
    expect((await run('history')).stdout).toMatch(
      new RegExp(`^ID .*\\n${session?.id} .* Garden talk\\n$`, 'u'),
    );
    expect((await run('history', 'show', session?.id.slice(0, 8) ?? '')).stdout).toContain(caption);
    expect((await run('history', 'search', 'GARDEN', 'river')).stdout).toContain(session?.id);

    const out = join(folder, 'out');
    const exported = await run('history', 'export', 'last', '--format', 'srt,json', '--output-dir', out);
    expect(exported.exitCode).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['Garden talk.json', 'Garden talk.srt']);
    expect(parseJsonTranscript(readFileSync(join(out, 'Garden talk.json'), 'utf8'))).toMatchObject({
      title: 'Garden talk',
      segments: [{ text: caption }],
    });
    expect(await run('history', 'export', 'last', '-o', join(out, 'Garden talk.srt'))).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('(output_exists)'),
    });

    expect((await run('history', 'rm', 'last')).stdout).toBe(`Deleted ${session?.id}\n`);
    expect(readdirSync(join(home, 'history'))).toEqual([]);
    expect(await run('history')).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringContaining('`surtitle stream` keeps'),
    });
  });

  it('with --no-history leaves nothing at all', async () => {
    expect(await stream('--no-history')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync(home)).toBe(false);
  });

  it('leaves nothing at all while history is off', async () => {
    await run('settings', 'set', 'history.enabled', 'off');
    const before = readdirSync(home);
    expect(await stream()).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readdirSync(home)).toEqual(before);
  });

  it('is not kept while the settings cannot be read, since they may forbid it', async () => {
    mkdirSync(home);
    writeFileSync(join(home, 'settings.json'), '{"version": 1, "history.enabled": fal');
    const { exitCode, stdout, stderr } = await stream();
    expect({ exitCode, captions: stdout.split('\n').length }).toEqual({ exitCode: 0, captions: 2 });
    expect(stderr).toMatch(/cannot be read: .*\nUntil then nothing is kept in the history\.\n$/u);
    expect(readdirSync(home)).toEqual(['settings.json']);
  });

  it('goes on where its history cannot be written, and says so', async () => {
    mkdirSync(home);
    writeFileSync(join(home, 'history'), '');
    const { exitCode, stdout, stderr } = await stream();
    expect(exitCode).toBe(0);
    expect(stdout.toLowerCase()).toContain('river');
    expect(stderr).toMatch(/warning: .*\(journal_unwritable\)\n1 caption is not in the history/u);
    expect(stderr.toLowerCase()).not.toContain('river');
  });

  it('begins with mending what a crash left, and deleting what is too old', async () => {
    const old = keep('Old.', new Date(Date.now() - 40 * 24 * 60 * 60 * 1000));
    const torn = keep('Cut off.', new Date(Date.now() - 60 * 60 * 1000));
    await run('settings', 'set', 'history.retentionDays', '30');
    await stream();
    const history = join(home, 'history');
    expect(existsSync(journalPath(history, old))).toBe(false);
    expect(readFileSync(journalPath(history, torn), 'utf8')).toContain('"reason":"recovered"');
    expect(readdirSync(history)).toHaveLength(2);
  });
});

describe('deleting everything', () => {
  it('needs --yes where nobody can be asked, and then leaves no folder', async () => {
    keep('One.', new Date(Date.now() - 1000));
    keep('Two.', new Date());
    const refused = await run('history', 'rm', '--all');
    expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('all 2 sessions') });
    expect(readdirSync(join(home, 'history'))).toHaveLength(2);
    expect(await run('history', 'rm', '--all', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: 'Deleted 2 sessions\n',
    });
    expect(existsSync(join(home, 'history'))).toBe(false);
  });
});

describe('settings', () => {
  it('are listed, got, set and reset', async () => {
    expect((await run('settings')).stdout).toContain('history.enabled        true (default)\n');
    expect(existsSync(home)).toBe(false);
    await run('settings', 'set', 'history.retentionDays', '30');
    expect((await run('settings', 'get', 'history.retentionDays')).stdout).toBe('30\n');
    await run('settings', 'reset', 'history.retentionDays');
    expect(JSON.parse((await run('settings', 'list', '--json')).stdout)).toMatchObject({
      'history.retentionDays': null,
    });
  });

  it.each([
    [['set', 'history.enabled', 'maybe'], 'setting_invalid'],
    [['get', 'nothing'], 'setting_unknown'],
  ])('%j is refused', async (args, code) => {
    expect(await run('settings', ...args)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(code),
    });
  });
});

import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';

interface Ran {
  readonly command: string;
  readonly options: Record<string, unknown>;
  readonly input?: string;
}

/** Parses a command line; commands are recorded instead of run. */
async function parse(...args: string[]): Promise<{ ran: Ran[]; complaint: string; help: string }> {
  const ran: Ran[] = [];
  let complaint = '';
  let help = '';
  const record = (command: string, options: object, input?: string): Promise<number> => {
    ran.push({ command, options: { ...options }, ...(input === undefined ? {} : { input }) });
    return Promise.resolve(0);
  };
  const program = createProgram(
    {
      demo: (options) => record('demo', options),
      serve: (options) => record('serve', options),
      stream: (input, options) => record('stream', options, input),
      transcribe: (files, options) => record('transcribe', options, files.join(' ')),
      doctor: (options) => record('doctor', options),
      history: (request) => record('history', request),
      settings: (request) => record('settings', request),
      models: {
        list: (options) => record('models list', options),
        pull: (name, options) => record('models pull', options, name),
        importFile: (file, options) => record('models import', options, file),
        remove: (name, options) => record('models rm', options, name),
        locate: (name, options) => record('models path', options, name),
      },
    },
    () => {},
  );
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        complaint += text;
      },
      writeOut: (text) => {
        help += text;
      },
    });
  }
  await program.parseAsync(['node', 'surtitle', ...args]).catch(() => {});
  return { ran, complaint, help };
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

describe('the command line', () => {
  test('serves on the loopback address, port 8000, unless told otherwise', async () => {
    const { ran } = await parse('serve');
    expect(ran[0]).toMatchObject({
      command: 'serve',
      options: {
        host: '127.0.0.1',
        port: 8000,
        allowRemote: false,
        gpu: true,
        logFormat: 'text',
        allowHost: [],
        maxUpload: 500,
        maxUploadMinutes: 240,
      },
    });
  });

  test('takes hosts and origins several times', async () => {
    const { ran } = await parse(
      'serve',
      '--allow-host',
      'a',
      '--allow-host',
      'b',
      '--allow-origin',
      'https://c',
      '--no-gpu',
    );
    expect(ran[0]?.options).toMatchObject({ allowHost: ['a', 'b'], allowOrigin: ['https://c'], gpu: false });
  });

  test('streams a file as the shape its options give raw audio', async () => {
    const { ran } = await parse(
      'stream',
      '-',
      '--encoding',
      'mulaw',
      '--sample-rate',
      '8000',
      '--channels',
      '2',
      '--fast',
    );
    expect(ran[0]).toMatchObject({
      command: 'stream',
      input: '-',
      options: { encoding: 'mulaw', sampleRate: 8000, channels: 2, fast: true, language: 'auto' },
    });
  });

  test.each([
    ['127.0.0.1:9000', null],
    ['http://localhost:9000', 'ws://localhost:9000/ws'],
    ['wss://captions.example/ws?x=1', 'wss://captions.example/ws?x=1'],
    ['ftp://x', null],
  ])('understands %s as the address %s', async (address, expected) => {
    const { ran, complaint } = await parse('stream', 'talk.wav', '--url', address);
    if (expected === null) expect(complaint).toContain('ws://127.0.0.1:8000/ws');
    else expect(ran[0]?.options.url).toBe(expected);
  });

  test.each([
    [['serve', '--port', '70000'], '--port'],
    [['serve', '--port', '1e3'], '--port'],
    [['serve', '--max-upload', '0'], '--max-upload'],
    [['serve', '--threads', '0'], '--threads'],
    [['serve', '--log-format', 'xml'], '--log-format'],
    [['stream', 'x', '--encoding', 'mp3'], '--encoding'],
    [['stream'], 'file'],
    [['sing'], 'unknown command'],
    [['history', 'sing'], 'unknown command'],
    [['settings', 'sing'], 'unknown command'],
  ])('refuses %j and names what is wrong', async (args, named) => {
    const { ran, complaint } = await parse(...args);
    expect(ran).toEqual([]);
    expect(complaint).toContain(named);
  });

  test('global options reach the command', async () => {
    const { ran } = await parse('--verbose', 'doctor');
    expect(ran[0]?.options).toMatchObject({ verbose: true });
  });

  test.each(['demo', 'serve', 'stream', 'history', 'settings', 'doctor'])(
    '%s has help with examples',
    async (name) => {
      const { help } = await parse(name, '--help');
      expect(help).toContain(`$ surtitle ${name}`);
    },
  );

  test('the help lists the exit codes', async () => {
    const { help } = await parse('--help');
    expect(help).toMatch(/Exit codes:[\s\S]*0 {2}done[\s\S]*130 {2}/u);
  });
});

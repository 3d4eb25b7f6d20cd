import { describe, expect, it } from 'vitest';
import { keyNames } from '../../../../src/renderer/components/key-names.ts';
import { levelShare } from '../../../../src/renderer/components/level-share.ts';
import { bytesText, clockText } from '../../../../src/renderer/control/amounts.ts';
import { diagnosticsReport } from '../../../../src/renderer/control/diagnostics-report.ts';
import { minutesLeft, stepToResume } from '../../../../src/renderer/control/first-run/first-step.ts';
import { allLanguages } from '../../../../src/renderer/control/languages.ts';
import { problemActions } from '../../../../src/renderer/control/problem-actions.ts';
import { parseRoute, routeHash } from '../../../../src/renderer/control/route.ts';
import {
  curlSnippet,
  streamAddress,
  viewersLink,
} from '../../../../src/renderer/control/server/connection-snippets.ts';
import { parsePort, parseRemote } from '../../../../src/renderer/control/server/server-fields.ts';
import { acceleratorOf, type PressedKeys } from '../../../../src/renderer/control/shortcuts/accelerator.ts';

describe('addresses of pages', () => {
  it('are read with what the page shall show', () => {
    expect(parseRoute('#history/a%2Fb')).toEqual({ page: 'history', rest: 'a/b' });
    expect(parseRoute('#/server')).toEqual({ page: 'server', rest: '' });
  });

  it('lead to the captions where they name no page', () => {
    for (const hash of ['', '#', '#nonsense', '#token=abc']) expect(parseRoute(hash).page).toBe('captions');
  });

  it('survive what is typed by hand', () => {
    expect(parseRoute('#history/%E0%A4%A')).toEqual({ page: 'history', rest: '' });
  });

  it('are written as they are read', () => {
    expect(parseRoute(routeHash('history', '2026/01 ü'))).toEqual({ page: 'history', rest: '2026/01 ü' });
  });
});

function press(keys: Partial<PressedKeys>): PressedKeys {
  return { key: '', code: '', ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...keys };
}

describe('recording keys', () => {
  it('names a combination as Electron does', () => {
    expect(acceleratorOf(press({ key: 'C', code: 'KeyC', ctrlKey: true, shiftKey: true }), 'linux')).toEqual({
      state: 'complete',
      accelerator: 'CommandOrControl+Shift+C',
    });
  });

  it('tells Command from Control on a Mac', () => {
    expect(acceleratorOf(press({ key: 'c', code: 'KeyC', metaKey: true, ctrlKey: true }), 'darwin')).toEqual({
      state: 'complete',
      accelerator: 'CommandOrControl+Control+C',
    });
  });

  it('takes the letter that is written on the key, and the key where Alt writes a sign', () => {
    const french = press({ key: 'a', code: 'KeyQ', ctrlKey: true });
    const sign = press({ key: '©', code: 'KeyC', altKey: true });
    expect([acceleratorOf(french, 'linux'), acceleratorOf(sign, 'darwin')]).toEqual([
      { state: 'complete', accelerator: 'CommandOrControl+A' },
      { state: 'complete', accelerator: 'Alt+C' },
    ]);
  });

  it('waits while only modifiers are held', () => {
    expect(acceleratorOf(press({ key: 'Control', code: 'ControlLeft', ctrlKey: true }), 'linux')).toEqual({
      state: 'incomplete',
    });
  });

  it('refuses a key that would be taken from all writing', () => {
    for (const shiftKey of [false, true]) {
      expect(acceleratorOf(press({ key: 'c', code: 'KeyC', shiftKey }), 'linux')).toEqual({ state: 'plain' });
    }
  });
});

describe('names of keys', () => {
  it('are those of the keyboard', () => {
    expect(keyNames('CommandOrControl+Alt+Up', 'linux')).toEqual(['Ctrl', 'Alt', '↑']);
    expect(keyNames('CommandOrControl+Alt+C', 'darwin')).toEqual(['⌘', '⌥', 'C']);
    expect(keyNames('Super+C', 'win32')).toEqual(['Win', 'C']);
  });
});

describe('remedies', () => {
  const here = { desktop: true, platform: 'win32', idle: true };

  it('lead to the system’s settings only where there are such', () => {
    const code = 'permission_denied';
    expect(problemActions({ ...here, code })).toEqual(['openSystemSettings', 'retry']);
    expect(problemActions({ ...here, code, platform: 'linux' })).toEqual(['retry']);
    expect(problemActions({ ...here, code, desktop: false })).toEqual(['retry']);
  });

  it('offer no new start while captions run', () => {
    expect(problemActions({ ...here, code: 'device_busy', idle: false })).toEqual(['chooseMicrophone']);
  });

  it('are a new start for what nobody foresaw', () => {
    expect(problemActions({ ...here, code: 'toString' })).toEqual(['retry']);
  });
});

describe('the first steps', () => {
  const starter = 'starter.en';
  const download = { name: 'base.en', event: null, bytesPerSecond: null, error: null };

  it('begin with the microphone while it is not allowed', () => {
    expect(stepToResume('not-asked', { inUse: 'base.en', downloads: [] }, starter)).toBe('microphone');
  });

  it('go on with the test where a real model is there or coming', () => {
    expect(stepToResume('granted', { inUse: 'base.en', downloads: [] }, starter)).toBe('test');
    expect(stepToResume('granted', { inUse: starter, downloads: [download] }, starter)).toBe('test');
  });

  it('tell how long a download takes where its speed is known', () => {
    expect([minutesLeft(120e6, 1e6), minutesLeft(1, 1e6), minutesLeft(1, null), minutesLeft(1, 0)]).toEqual([
      2,
      1,
      null,
      null,
    ]);
  });
});

describe('the server page', () => {
  it('takes ports that there are', () => {
    expect(['0', ' 8000 ', '65535', '65536', '-1', '80a', ''].map(parsePort)).toEqual([
      0,
      8_000,
      65_535,
      null,
      null,
      null,
      null,
    ]);
  });

  it('takes addresses of WebSockets, or none', () => {
    expect(['', ' wss://a.example ', 'https://a.example', 'wss://'].map(parseRemote)).toEqual([
      null,
      'wss://a.example',
      undefined,
      undefined,
    ]);
  });

  it('gives links and lines that work as they are', () => {
    const url = 'http://127.0.0.1:8000';
    expect(viewersLink(url, 'abc')).toBe('http://127.0.0.1:8000/captions#token=abc');
    expect(streamAddress(url)).toBe('ws://127.0.0.1:8000/ws');
    expect(curlSnippet(url, 'abc')).toContain('-H "Authorization: Bearer abc"');
  });
});

describe('the report of a check', () => {
  it('says what was found, and no user’s name', () => {
    const findings = [
      { check: 'data', status: 'ok', summary: 'The folder /home/alice/.local is there' },
      { check: 'engine', status: 'fail', summary: 'Not built', advice: 'Look into C:\\Users\\bob\\x.' },
    ] as const;
    expect(diagnosticsReport(findings, null)).toBe(
      '[ok] data: The folder /home/…/.local is there\n[fail] engine: Not built\n       Look into C:\\Users\\…\\x.\n',
    );
  });
});

describe('amounts', () => {
  it('are written as people say them', () => {
    expect([0, 65_000, 3_665_000].map(clockText)).toEqual(['0:00', '1:05', '1:01:05']);
    expect([512, 1_500, 147_964_211, 3_100_000_000].map(bytesText)).toEqual([
      '512 B',
      '1.5 kB',
      '148 MB',
      '3.1 GB',
    ]);
  });

  it('of loudness fill the meter from a quiet room to the loudest', () => {
    expect([-120, -60, -30, 0, 3].map(levelShare)).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe('languages', () => {
  it('are all of Whisper’s, each with a name', () => {
    const languages = allLanguages();
    expect(languages).toHaveLength(100);
    expect(languages.filter(({ code, name }) => code === name)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { trayIcon, trayMenu, trayTooltip } from '../../../src/main/tray-menu.ts';

const overlay = {
  visible: true,
  locked: true,
  position: 'bottom',
  clickThrough: { works: true, reason: null },
} as const;
const problem = { code: 'device_lost', message: 'The microphone is gone.', severity: 'warning' } as const;

function labels(...given: Parameters<typeof trayMenu>): readonly (string | null)[] {
  return trayMenu(...given).map((item) =>
    item === null ? null : item.enabled ? item.label : `(${item.label})`,
  );
}

describe('the tray', () => {
  it('offers to start while captions are off', () => {
    expect(labels({ phase: 'idle', problem: null }, overlay)).toEqual([
      'Start captions',
      '(Pause captions)',
      null,
      'Hide captions on screen',
      'Unlock captions to move them',
      null,
      'Open Surtitle',
      'Quit Surtitle',
    ]);
  });

  it('offers to go on while they are paused', () => {
    expect(labels({ phase: 'paused', problem: null }, overlay).slice(0, 2)).toEqual([
      'Stop captions',
      'Resume captions',
    ]);
  });

  it('offers nothing of captions while they end', () => {
    expect(labels({ phase: 'stopping', problem: null }, overlay).slice(0, 2)).toEqual([
      '(Stopping captions…)',
      '(Pause captions)',
    ]);
  });

  it('cannot unlock what is hidden', () => {
    expect(labels({ phase: 'idle', problem: null }, { ...overlay, visible: false })).toContain(
      '(Unlock captions to move them)',
    );
  });

  it('shows a problem before anything else, but no notice that one is over', () => {
    expect(trayIcon({ phase: 'listening', problem })).toBe('problem');
    expect(trayTooltip({ phase: 'listening', problem })).toBe('Surtitle: captions have a problem');
    expect(trayIcon({ phase: 'listening', problem: { ...problem, severity: 'notice' } })).toBe('listening');
  });
});

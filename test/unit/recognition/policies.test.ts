import { describe, expect, it } from 'vitest';
import { FlowControl } from '../../../src/core/recognition/flow-control.ts';
import { SessionLanguage } from '../../../src/core/recognition/language.ts';
import { PartialPacing } from '../../../src/core/recognition/partial-pacing.ts';
import { DecodePrompt } from '../../../src/core/recognition/prompt.ts';
import { RealTimeSchedule } from '../../../src/core/recognition/real-time-schedule.ts';

describe('flow control', () => {
  it('reports an overload once each way, however the backlog wobbles in between', () => {
    const flow = new FlowControl();
    const waiting = [100, 5_100, 4_000, 21_000, 17_000, 20_500, 9_000, 3_000, 900, 0];
    expect(waiting.map((ms) => flow.update(ms).state).filter((state) => state !== null)).toEqual([
      'slow',
      'paused',
      'ok',
    ]);
  });

  it('opens the intake again before the work is caught up, so that the engine never waits for audio', () => {
    const flow = new FlowControl();
    const waiting = [20_001, 19_000, 17_900, 20_100, 500];
    expect(waiting.map((ms) => flow.update(ms).intakeOpen)).toEqual([false, null, true, false, true]);
  });
});

describe('the session language', () => {
  const result = (language: string, languageProbability: number | null) => ({
    segments: [],
    language,
    languageProbability,
    decodeMs: 10,
  });

  it('is detected on about three seconds of speech and then kept', () => {
    const language = new SessionLanguage('auto', true);
    language.observe(result('nn', 0.9), 800, 'partial');
    expect(language.request).toBe('auto');
    language.observe(result('de', 0.9), 3_100, 'partial');
    expect(language.request).toBe('de');
    language.observe(result('nl', 0.9), 4_000, 'partial');
    expect(language.current).toBe('de');
  });

  it('is kept after short utterances that together last as long, if they agree', () => {
    const language = new SessionLanguage('auto', true);
    language.observe(result('de', 0.9), 1_200, 'final');
    language.observe(result('de', 0.9), 1_400, 'partial');
    language.observe(result('de', 0.9), 1_500, 'final');
    expect(language.request).toBe('auto');
    language.observe(result('nl', 0.9), 1_500, 'final');
    language.observe(result('de', 0.9), 1_500, 'final');
    expect(language.request).toBe('auto');
    language.observe(result('de', 0.9), 1_500, 'final');
    expect(language.request).toBe('de');
  });

  it('is not kept where the detection was unsure', () => {
    const language = new SessionLanguage('auto', true);
    language.observe(result('cy', 0.3), 5_000, 'partial');
    expect(language.request).toBe('auto');
  });

  it('is never left to an English-only model to detect', () => {
    expect(new SessionLanguage('auto', false).request).toBe('en');
  });
});

describe('the pacing of partials', () => {
  /** Positions, in 32 ms windows, at which a partial is decoded during `windows` windows. */
  function partialsAt(windows: number, decodeMs: number, lagMs = 0): number[] {
    const pacing = new PartialPacing();
    pacing.begin(0);
    const at: number[] = [];
    for (let window = 0; window < windows; window++) {
      const position = window * 512;
      if (!pacing.isDue(position, lagMs, 100_000)) continue;
      at.push(window);
      pacing.decoded(position, decodeMs);
    }
    return at;
  }

  it('keeps to the floor of 300 ms on a fast engine', () => {
    expect(partialsAt(40, 80)).toEqual([0, 10, 20, 30]);
  });

  it('gives a slower engine 1.3 times its decode time', () => {
    expect(partialsAt(60, 400)).toEqual([0, 20, 40]);
  });

  it('stops while the work is behind a live speaker', () => {
    expect(partialsAt(60, 80, 2_000)).toEqual([]);
  });
});

describe('the real-time schedule', () => {
  it('does not count a stream that is poured in as late until it falls behind a live one', () => {
    const schedule = new RealTimeSchedule();
    for (let startMs = 0; startMs < 60_000; startMs += 100) schedule.arrived(startMs, 5);
    expect(schedule.lagMs(10_000, 4_000)).toBe(0);
    expect(schedule.lagMs(10_000, 12_005)).toBe(2_000);
  });

  it('forgives a pause of the speaker', () => {
    const schedule = new RealTimeSchedule();
    schedule.arrived(0, 0);
    schedule.arrived(100, 5_100);
    expect(schedule.lagMs(200, 5_200)).toBe(0);
  });
});

describe('the prompt', () => {
  it('keeps about 200 characters of what was said, cut at a word, and puts the vocabulary last', () => {
    const prompt = new DecodePrompt('Notes.', ['Surtitle', 'GGML']);
    prompt.remember('alpha '.repeat(60), 1_000);
    const text = prompt.at(2_000) ?? '';
    expect(text).toMatch(/^alpha .*alpha Notes\. Surtitle, GGML$/u);
    expect(text.length).toBeLessThan(240);
  });

  it('forgets what was said after ten seconds of silence, and what may have been made up', () => {
    const prompt = new DecodePrompt(undefined, undefined);
    prompt.remember('One.', 1_000);
    expect(prompt.at(10_900)).toBe('One.');
    expect(prompt.at(11_100)).toBeUndefined();
    prompt.remember('Two.', 12_000);
    prompt.distrust();
    expect(prompt.at(12_100)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { ScriptedEngine } from '../../../src/core/engine/scripted-engine.ts';
import { spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';

const clock = () => new VirtualClock();
const sentence = spellAudio(spellSentence('morning river garden', { startMs: 500 }), { durationMs: 2_000 });

async function hear(audio: Float32Array, engine = new ScriptedEngine({ clock: clock() })): Promise<string> {
  const result = await engine.decode({ audio, language: 'en' });
  return result.segments.map((segment) => segment.text).join('');
}

describe('the scripted engine', () => {
  it('writes the words that the samples spell, with their times', async () => {
    const engine = new ScriptedEngine({ clock: clock() });
    const result = await engine.decode({ audio: sentence, language: 'en' });
    expect(result.segments[0]?.words).toEqual([
      { text: ' morning', startMs: 500, endMs: 800, probability: 0.95 },
      { text: ' river', startMs: 860, endMs: 1_160, probability: 0.95 },
      { text: ' garden.', startMs: 1_220, endMs: 1_520, probability: 0.95 },
    ]);
    expect(result.segments[0]?.text).toBe(' morning river garden.');
  });

  it('starts a new segment after a sentence', async () => {
    const audio = spellAudio([
      ...spellSentence([1, 2], { startMs: 0 }),
      ...spellSentence([3, 4], { startMs: 1_000 }),
    ]);
    const result = await new ScriptedEngine({ clock: clock() }).decode({ audio, language: 'en' });
    expect(result.segments.map(({ text, startMs, endMs }) => ({ text, startMs, endMs }))).toEqual([
      { text: ' river garden.', startMs: 0, endMs: 660 },
      { text: ' window music.', startMs: 660, endMs: 1_660 },
    ]);
  });

  it('writes half a word where at least half of it is there at the end of the audio', async () => {
    const until = (ms: number) => hear(sentence.subarray(0, ms * 16));
    expect([await until(1_160), await until(1_100), await until(1_000)]).toEqual([
      ' morning river',
      ' morning riv',
      ' morning',
    ]);
  });

  it('writes a whole word where at least half of it is left at the start of the audio', async () => {
    const from = (ms: number) => hear(sentence.subarray(ms * 16));
    expect([await from(600), await from(700)]).toEqual([' morning river garden.', ' river garden.']);
  });

  it('hears nothing in silence', async () => {
    const result = await new ScriptedEngine({ clock: clock() }).decode({
      audio: new Float32Array(16_000),
      language: 'en',
    });
    expect(result.segments).toEqual([]);
  });

  it('takes its share of the audio’s duration on the injected clock', async () => {
    const time = clock();
    const engine = new ScriptedEngine({ clock: time, realTimeFactor: 0.5, decodeMs: 100 });
    let doneAtMs = -1;
    const decode = engine.decode({ audio: sentence, language: 'en' }).then((result) => {
      doneAtMs = time.now();
      return result;
    });
    await time.advance(5_000);
    expect((await decode).decodeMs).toBe(1_100);
    expect(doneAtMs).toBe(1_100);
  });

  it('stops at once when aborted', async () => {
    const time = clock();
    const engine = new ScriptedEngine({ clock: time, decodeMs: 1_000 });
    const abort = new AbortController();
    const decode = engine.decode({ audio: sentence, language: 'en' }, { signal: abort.signal });
    abort.abort();
    await expect(decode).rejects.toMatchObject({ code: 'aborted' });
    expect(engine.running).toBe(0);
    expect(time.pendingTimers).toBe(0);
    expect(engine.decodes[0]?.outcome).toBe('aborted');
  });

  it('fails as often as it was told to', async () => {
    const engine = new ScriptedEngine({ clock: clock() });
    engine.failNext(new EngineError('decode_failed', 'first'));
    await expect(hear(sentence, engine)).rejects.toThrow('first');
    expect(await hear(sentence, engine)).toBe(' morning river garden.');
  });

  it('lets a test revise what it heard', async () => {
    const engine = new ScriptedEngine({
      clock: clock(),
      hypothesis: ({ call, heard }) => (call === 0 ? { ...heard, segments: [] } : heard),
    });
    expect([await hear(sentence, engine), await hear(sentence, engine)]).toEqual([
      '',
      ' morning river garden.',
    ]);
  });

  it('keeps a log of what it was asked', async () => {
    const engine = new ScriptedEngine({ clock: clock() });
    await engine.decode({
      audio: sentence,
      language: 'en',
      prompt: 'Before.',
      fullContext: true,
      maxTokens: 9,
    });
    expect(engine.decodes).toEqual([
      {
        startedAtMs: 0,
        audioMs: 2_000,
        language: 'en',
        prompt: 'Before.',
        fullContext: true,
        maxTokens: 9,
        wordIds: [0, 1, 2],
        outcome: 'done',
      },
    ]);
  });

  it('waits for running decodes when closed', async () => {
    const time = clock();
    const engine = new ScriptedEngine({ clock: time, decodeMs: 1_000 });
    const order: string[] = [];
    void engine.decode({ audio: sentence, language: 'en' }).then(() => order.push('decoded'));
    void engine.close().then(() => order.push('closed'));
    await time.advance(2_000);
    expect(order).toEqual(['decoded', 'closed']);
    await expect(engine.decode({ audio: sentence, language: 'en' })).rejects.toMatchObject({
      code: 'engine_unavailable',
    });
  });
});

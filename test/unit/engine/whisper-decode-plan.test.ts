import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundPrompt,
  checkAudio,
  fittedAudioContext,
  planDecode,
  tokenLimit,
} from '../../../src/core/engine/decode-plan.ts';
import type { DecodeRequest } from '../../../src/core/engine/engine.ts';
import { frameEnergies } from '../../../src/core/engine/loudness.ts';

const ENGLISH = { multilingual: false, audioContext: 1500 };
const MULTILINGUAL = { multilingual: true, audioContext: 1500 };

function plan(request: Partial<DecodeRequest>, model = ENGLISH): ReturnType<typeof planDecode> {
  const full = { audio: new Float32Array(16_000).fill(0.1), language: 'en', ...request };
  return planDecode(full, model, 1, frameEnergies(full.audio));
}

describe('the audio context', () => {
  it('holds the audio with room to spare, in steps of 64, and never more than the model has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31.2 * 16_000 }), (samples) => {
        const context = fittedAudioContext(samples, 1500);
        expect(context).toBeLessThanOrEqual(1500);
        expect(context === 1500 || context % 64 === 0).toBe(true);
        expect(context).toBeGreaterThanOrEqual(Math.min(1500, samples / 320 + 128));
      }),
    );
  });

  it('is clamped after rounding, so that 30 s do not ask for 1536', () => {
    expect(plan({ audio: new Float32Array(30 * 16_000) }).parameters.audio_ctx).toBe(1500);
  });

  it('is the whole of the model where that is asked for', () => {
    expect(plan({ fullContext: true }).parameters.audio_ctx).toBe(1500);
  });
});

describe('what is decoded', () => {
  it('is the audio with 1.2 s of silence behind it', () => {
    const { audio } = plan({ audio: new Float32Array([0.5, -0.5]) });
    expect([audio.length, audio[0], audio[1], audio[2]]).toEqual([2 + 19_200, 0.5, -0.5, 0]);
  });

  it('ends, as far as it can be heard, with the last sound', () => {
    const audio = new Float32Array(16_000);
    audio.fill(0.3, 0, 8_000);
    audio.fill(0.001, 8_000);
    expect(plan({ audio }).parameters.audio_ms).toBe(500);
  });
});

describe('the token limit', () => {
  it('grows with the audio up to what one window can hold', () => {
    expect(tokenLimit(1)).toBe(48);
    expect(tokenLimit(30)).toBe(220);
    expect(plan({ maxTokens: 100_000 }).parameters.max_tokens).toBe(220);
    expect(plan({ maxTokens: 0 }).parameters.max_tokens).toBe(1);
  });
});

describe('the language', () => {
  it('is always passed, and English for an English model', () => {
    expect(plan({ language: 'auto' }).parameters.language).toBe('en');
    expect(plan({ language: 'en-US' }).parameters.language).toBe('en');
    expect(plan({ language: 'pt-BR' }, MULTILINGUAL).parameters.language).toBe('pt');
    expect(plan({ language: 'auto' }, MULTILINGUAL).parameters.language).toBe('auto');
  });

  it('other than English is refused by an English model', () => {
    expect(() => plan({ language: 'de' })).toThrow(expect.objectContaining({ code: 'request_rejected' }));
  });

  it('is translated only by a multilingual model', () => {
    expect(plan({ translate: true }).parameters.translate).toBe(false);
    expect(plan({ translate: true, language: 'de' }, MULTILINGUAL).parameters.translate).toBe(true);
  });
});

describe('the prompt', () => {
  it('keeps its end, cut between two words', () => {
    const bounded = boundPrompt(`${'far '.repeat(2000)}near`);
    expect(bounded.length).toBeLessThanOrEqual(1200);
    expect(bounded.startsWith('far ')).toBe(true);
    expect(bounded.endsWith(' near')).toBe(true);
  });

  it('of 30,000 letters is bounded', () => {
    expect(boundPrompt('a'.repeat(30_000))).toHaveLength(1200);
  });

  it('never is longer than the bound, holds a NUL or begins with half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.nat(100), (part, times) => {
        const bounded = boundPrompt(part.repeat(times));
        expect(bounded.length).toBeLessThanOrEqual(1200);
        expect(bounded).not.toContain('\0');
        expect(/^[\uDC00-\uDFFF]/.test(bounded)).toBe(false);
      }),
    );
  });

  it('is the only text a decode sees', () => {
    expect(plan({ prompt: '  ' }).parameters).toMatchObject({ no_context: true, n_max_text_ctx: 0 });
    expect(plan({ prompt: 'Ada' }).parameters).toMatchObject({
      no_context: true,
      n_max_text_ctx: 224,
      initial_prompt: 'Ada',
    });
  });
});

describe('audio no decode can make sense of', () => {
  it.each([
    ['nothing', new Float32Array(0)],
    ['more than 30 s', new Float32Array(30 * 16_000 + 1)],
    ['NaN', Float32Array.from([0, Number.NaN])],
    ['infinity', Float32Array.from([0, Number.POSITIVE_INFINITY])],
  ])('is rejected: %s', (_what, audio) => {
    expect(() => checkAudio(audio)).toThrow(expect.objectContaining({ code: 'request_rejected' }));
  });
});

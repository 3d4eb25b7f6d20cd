import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import { captureError } from '../../../../src/renderer/capture/capture-errors.ts';
import { ExternalAudio } from '../../../../src/renderer/capture/external-audio.ts';

const piece = (value: number): Float32Array => new Float32Array(960).fill(value);

function external() {
  const wishes: boolean[] = [];
  const clock = new VirtualClock();
  return { wishes, clock, audio: new ExternalAudio((wanted) => wishes.push(wanted), clock) };
}

describe('system audio that somebody else reads', () => {
  it('is asked for, and open with the first samples', async () => {
    const { audio, wishes } = external();
    const opening = audio.open();
    audio.samples(piece(0));
    await opening;
    expect(wishes).toEqual([true]);
  });

  it('comes at 16 kHz', async () => {
    const { audio } = external();
    const opening = audio.open();
    for (let i = 0; i < 20; i++) audio.samples(piece(0.5));
    const { ring } = await opening;
    ring?.read(640);
    expect(ring?.read(640).at(-1)).toBeCloseTo(0.5, 3);
  });

  it('cannot be had for the reason that is given', async () => {
    const { audio, wishes } = external();
    const opening = audio.open();
    audio.ended(captureError('system_audio_unavailable', { message: 'Install the package.' }));
    await expect(opening).rejects.toThrow('Install the package.');
    expect(wishes).toEqual([true, false]);
  });

  it('cannot be had where nothing comes for five seconds', async () => {
    const { audio, clock, wishes } = external();
    const failure = expect(audio.open()).rejects.toMatchObject({ code: 'system_audio_unavailable' });
    await clock.advance(5_000);
    await failure;
    expect(wishes).toEqual([true, false]);
  });

  it('tells when no more comes', async () => {
    const { audio } = external();
    const opening = audio.open();
    audio.samples(piece(0));
    const input = await opening;
    const codes: string[] = [];
    input.onEnded(({ code }) => codes.push(code));
    audio.ended(captureError('system_audio_unavailable'));
    expect(codes).toEqual(['system_audio_unavailable']);
  });

  it('is wanted no more once it is closed, and only told so once', async () => {
    const { audio, wishes } = external();
    const opening = audio.open();
    audio.samples(piece(0));
    const input = await opening;
    input.close();
    input.close();
    expect(wishes).toEqual([true, false]);
  });
});

import { describe, expect, it } from 'vitest';
import { planOutputs } from '../../../src/core/batch/output-files.ts';

function outputsOf(files: readonly string[], folder?: string): string[] {
  const inputs = files.map((file) => ({ file, folder: '' }));
  return planOutputs(inputs, ['srt'], folder).flatMap(({ outputs }) => outputs.map(({ file }) => file));
}

describe('the names of outputs', () => {
  it('are those of the recordings, with the format for an extension', () => {
    expect(outputsOf(['talks/one.mp3', 'two.wav'])).toEqual(['talks/one.srt', 'two.srt']);
    expect(outputsOf(['talks/one.mp3', 'two.wav'], 'out')).toEqual(['out/one.srt', 'out/two.srt']);
  });

  it('keep the extension where two recordings would share one', () => {
    expect(outputsOf(['talk.mp3', 'talk.wav', 'other.wav'])).toEqual([
      'talk.mp3.srt',
      'talk.wav.srt',
      'other.srt',
    ]);
  });

  it('are never the recording itself', () => {
    expect(outputsOf(['talk.srt', 'voice.TXT'])).toEqual(['talk.srt.srt', 'voice.TXT.srt']);
  });

  it('keep the folders below the one that was asked for', () => {
    const inputs = [
      { file: 'all/a/1.mp3', folder: 'a' },
      { file: 'all/b/1.mp3', folder: 'b' },
    ];
    expect(planOutputs(inputs, ['vtt'], 'out').map(({ progressFile }) => progressFile)).toEqual([
      'out/a/1.surtitle-progress',
      'out/b/1.surtitle-progress',
    ]);
  });

  it('are refused where one would overwrite another', () => {
    expect(() => outputsOf(['a/1.mp3', 'b/1.mp3'], 'out')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining('out/1.') }),
    );
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModelFile } from '../../../src/core/engine/model-file.ts';
import { buildModelFile, SMALL_DIMENSIONS } from './support/synthetic-model.ts';

const STARTER = path.resolve('resources/models/ggml-starter.en.bin');
const folder = await mkdtemp(path.join(os.tmpdir(), 'surtitle-model-'));
let model: Buffer;
let serial = 0;

beforeAll(() => {
  model = buildModelFile(SMALL_DIMENSIONS);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Writes the bytes and inspects them; resolves with the error's message, or null where there was none. */
async function complaintAbout(bytes: Uint8Array | string): Promise<string | null> {
  const file = path.join(folder, `model-${serial++}.bin`);
  await writeFile(file, bytes);
  try {
    await inspectModelFile(file);
    return null;
  } catch (error) {
    expect(error).toMatchObject({ name: 'EngineError', code: 'model_invalid' });
    return (error as Error).message;
  } finally {
    await rm(file);
  }
}

function changed(at: number, value: number): Buffer {
  const copy = Buffer.from(model);
  copy.writeInt32LE(value, at);
  return copy;
}

describe('a model file', () => {
  it('tells its dimensions', async () => {
    expect(await inspectModelFile(STARTER)).toEqual({
      bytes: 12_606_496,
      type: 'tiny',
      multilingual: false,
      quantization: 'q5_1',
      vocabularySize: 51_864,
      audioContext: 1500,
      audioState: 192,
      audioHeads: 3,
      audioLayers: 4,
      textContext: 448,
      textState: 192,
      textHeads: 3,
      textLayers: 3,
      melBands: 80,
      fileType: 9,
    });
  });

  it('that is sound is accepted, multilingual ones too', async () => {
    expect(await complaintAbout(model)).toBeNull();
    expect(
      await complaintAbout(buildModelFile({ ...SMALL_DIMENSIONS, vocabularySize: 51_866, melBands: 128 })),
    ).toBeNull();
  });

  it('that is missing is said to be missing', async () => {
    await expect(inspectModelFile(path.join(folder, 'nowhere.bin'))).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining('There is no model file nowhere.bin'),
    });
  });

  it('that is a folder is refused', async () => {
    await expect(inspectModelFile(folder)).rejects.toMatchObject({ code: 'model_invalid' });
  });
});

describe('another file', () => {
  it.each([
    ['empty', '', 'it is empty'],
    ['zeros', Buffer.alloc(5000), 'nothing but zeros'],
    ['GGUF', 'GGUF\u0003\0\0\0', 'GGUF'],
    ['WAV', 'RIFF\0\0\0\0WAVEfmt ', 'audio file'],
    ['HTML', '<!doctype html><title>404</title>', 'web page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0', 'Git LFS pointer'],
    ['PyTorch', 'PK\u0003\u0004', 'PyTorch'],
    ['text', 'hello there', 'does not begin like'],
    ['three bytes', 'lmg', 'does not begin like'],
  ])('is called by its name: %s', async (_what, content, complaint) => {
    expect(await complaintAbout(content)).toContain(complaint);
  });
});

describe('a damaged model', () => {
  it('is noticed wherever it was cut off', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(model.length - 1), async (length) => {
        expect(await complaintAbout(model.subarray(0, length))).not.toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('is noticed when something was added', async () => {
    expect(await complaintAbout(Buffer.concat([model, Buffer.from([0])]))).not.toBeNull();
  });

  it('is noticed when any number of its header is another', async () => {
    for (let field = 1; field <= 11; field++) {
      for (const value of [-1, 0, 7, 0x7fffffff, -0x80000000]) {
        const at = field * 4;
        if (model.readInt32LE(at) === value) continue;
        expect(await complaintAbout(changed(at, value)), `field ${field} = ${value}`).not.toBeNull();
      }
    }
  });

  it('is noticed when the header of a tensor is another', async () => {
    const name = model.indexOf('encoder.conv1.weight');
    const header = name - 4 * (3 + 3);
    for (let field = 0; field < 6; field++) {
      for (const value of [-1, 0, 99, 0x7fffffff]) {
        if (model.readInt32LE(header + field * 4) === value) continue;
        expect(await complaintAbout(changed(header + field * 4, value))).not.toBeNull();
      }
    }
  });

  it('is noticed when a tensor appears twice', async () => {
    const copy = Buffer.from(model);
    // Two tensors of the same shape: the second takes the name of the first.
    copy.write(
      'query.bias',
      copy.indexOf('encoder.blocks.0.attn.value.bias') + 'encoder.blocks.0.attn.'.length,
    );
    expect(await complaintAbout(copy)).not.toBeNull();
  });

  it('never does anything but be refused, whatever bytes were flipped', async () => {
    const structure = model.indexOf('encoder.positional_embedding') + 40;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(structure), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 6,
        }),
        async (flips) => {
          const copy = Buffer.from(model);
          for (const [at, by] of flips) copy[at] = (copy[at] as number) ^ by;
          // complaintAbout fails on any error that is not an EngineError.
          await complaintAbout(copy);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('of the starter model is noticed when half of it is there', async () => {
    const whole = await readFile(STARTER);
    expect(await complaintAbout(whole.subarray(0, whole.length / 2))).toContain('ends too early');
  });
});

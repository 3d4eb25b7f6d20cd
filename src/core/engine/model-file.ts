import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { describeError } from '../foundation/errors.ts';
import { EngineError } from './engine.ts';
import type { ModelDimensions } from './model-layout.ts';
import { expectedTensors, GGML_TYPES, typeOfFileType } from './model-layout.ts';

/** What a model file says of itself. */
export interface ModelFileInfo extends ModelDimensions {
  readonly bytes: number;
  /** Size class by encoder layers: `tiny`, `base`, `small`, `medium`, `large`, or `unknown`. */
  readonly type: string;
  readonly multilingual: boolean;
  /** How the weights are stored: `f16`, `q5_1`, … */
  readonly quantization: string;
}

const MAGIC = 0x67676d6c;
const HEADER_FIELDS = 11;
/** Longest token of the vocabulary, in bytes; the real ones end at 128. */
const LONGEST_TOKEN = 1024;
const LONGEST_NAME = 256;
const MEL_BINS = 201;
const TYPE_BY_LAYERS: Readonly<Record<number, string>> = {
  4: 'tiny',
  6: 'base',
  12: 'small',
  24: 'medium',
  32: 'large',
};

/**
 * Checks a model file before whisper.cpp sees it, and reads its header. Everything the loader relies on is
 * followed to the file's last byte: dimensions, vocabulary, and every tensor's name, shape, type and size.
 * The weights themselves are not judged. Format: whisper.cpp, `models/convert-pt-to-ggml.py`.
 * @throws {EngineError} `model_invalid`, saying what is wrong and what to do
 */
export async function inspectModelFile(modelPath: string): Promise<ModelFileInfo> {
  const name = path.basename(modelPath);
  let file: FileHandle;
  try {
    file = await open(modelPath, 'r');
  } catch (cause) {
    const missing = (cause as { code?: unknown }).code === 'ENOENT';
    throw new EngineError(
      'model_invalid',
      missing
        ? `There is no model file ${name}. Download the model first (\`surtitle models\`).`
        : `The model file ${name} cannot be read (${describeError(cause)}). Check its permissions.`,
      { cause },
    );
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) {
      throw new EngineError('model_invalid', `${name} is not a file. Choose the model's .bin file itself.`);
    }
    return await walk(new ModelReader(file, stat.size, name));
  } finally {
    await file.close();
  }
}

async function walk(reader: ModelReader): Promise<ModelFileInfo> {
  if ((await reader.peekMagic()) !== MAGIC) throw reader.invalid(await describeForeignFile(reader));
  await reader.int32();
  const dimensions = await readDimensions(reader);
  await skipFilters(reader, dimensions);
  await skipVocabulary(reader, dimensions);
  await checkTensors(reader, dimensions);
  const weights = typeOfFileType(dimensions.fileType);
  return {
    ...dimensions,
    bytes: reader.size,
    type: TYPE_BY_LAYERS[dimensions.audioLayers] ?? 'unknown',
    multilingual: dimensions.vocabularySize >= 51_865,
    quantization: weights?.name ?? 'unknown',
  };
}

async function readDimensions(reader: ModelReader): Promise<ModelDimensions> {
  const fields: number[] = [];
  for (let i = 0; i < HEADER_FIELDS; i++) fields.push(await reader.int32());
  const at = (index: number): number => fields[index] as number;
  const dimensions: ModelDimensions = {
    vocabularySize: at(0),
    audioContext: at(1),
    audioState: at(2),
    audioHeads: at(3),
    audioLayers: at(4),
    textContext: at(5),
    textState: at(6),
    textHeads: at(7),
    textLayers: at(8),
    melBands: at(9),
    fileType: at(10) % 1000,
  };
  const d = dimensions;
  const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
  const plausible =
    within(d.vocabularySize, 51_864, 51_866) &&
    within(d.audioContext, 1, 1500) &&
    within(d.textContext, 32, 448) &&
    within(d.audioState, 1, 2048) &&
    d.textState === d.audioState &&
    within(d.audioHeads, 1, d.audioState) &&
    d.audioState % d.audioHeads === 0 &&
    within(d.textHeads, 1, d.textState) &&
    d.textState % d.textHeads === 0 &&
    within(d.audioLayers, 1, 64) &&
    within(d.textLayers, 1, 64) &&
    (d.melBands === 80 || d.melBands === 128);
  if (!plausible) throw reader.invalid('its header describes no Whisper model');
  const weights = typeOfFileType(d.fileType);
  if (!weights || at(10) < 0 || d.audioState % weights.blockSize !== 0) {
    throw reader.invalid('its weights are stored in a way this engine does not know');
  }
  return dimensions;
}

async function skipFilters(reader: ModelReader, dimensions: ModelDimensions): Promise<void> {
  const bands = await reader.int32();
  const bins = await reader.int32();
  if (bands !== dimensions.melBands || bins !== MEL_BINS) throw reader.invalid('its filter bank is damaged');
  reader.skip(bands * bins * 4);
}

async function skipVocabulary(reader: ModelReader, dimensions: ModelDimensions): Promise<void> {
  const count = await reader.int32();
  if (count < 1 || count > dimensions.vocabularySize) throw reader.invalid('its vocabulary is damaged');
  for (let i = 0; i < count; i++) {
    const length = await reader.int32();
    if (length < 0 || length > LONGEST_TOKEN) throw reader.invalid('its vocabulary is damaged');
    reader.skip(length);
  }
}

async function checkTensors(reader: ModelReader, dimensions: ModelDimensions): Promise<void> {
  const expected = expectedTensors(dimensions);
  while (!reader.atEnd) {
    const dimensionCount = await reader.int32();
    const nameLength = await reader.int32();
    const typeId = await reader.int32();
    if (dimensionCount < 1 || dimensionCount > 3 || nameLength < 1 || nameLength > LONGEST_NAME) {
      throw reader.invalid('one of its tensors has a damaged header');
    }
    const shape: number[] = [];
    for (let i = 0; i < dimensionCount; i++) shape.push(await reader.int32());
    const name = (await reader.bytes(nameLength)).toString('latin1');
    const tensor = expected.get(name);
    if (!tensor) throw reader.invalid('it holds a tensor that does not belong there, or one of them twice');
    expected.delete(name);
    const type = GGML_TYPES[typeId];
    const sameShape = tensor.shape.every((size, i) => size === (shape[i] ?? 1));
    if (!type || type !== tensor.type || !sameShape) throw reader.invalid('one of its tensors is damaged');
    const elements = tensor.shape.reduce((product, size) => product * size, 1);
    reader.skip((elements / type.blockSize) * type.blockBytes);
  }
  if (expected.size > 0) throw reader.invalid(`${expected.size} of its tensors are missing`);
}

/** Says what a file without the magic number most likely is. */
async function describeForeignFile(reader: ModelReader): Promise<string> {
  const start = (await reader.start(64)).toString('latin1');
  if (reader.size === 0) return 'it is empty';
  if (/^\0+$/.test(start)) return 'it holds nothing but zeros (an interrupted download?)';
  if (start.startsWith('GGUF')) return 'it is a GGUF file, which is for other programs';
  if (start.startsWith('RIFF')) return 'it is an audio file';
  if (start.startsWith('version https://git-lfs')) return 'it is only a Git LFS pointer to a model';
  if (/^\s*</.test(start)) return 'it is a web page (the download was answered with an error)';
  if (start.startsWith('PK')) return 'it is a ZIP or PyTorch file, which has to be converted first';
  return 'it does not begin like a whisper.cpp model';
}

/** Reads forward through a model file; running past its end is an error of the file. */
class ModelReader {
  readonly size: number;
  readonly #file: FileHandle;
  readonly #name: string;
  readonly #window = Buffer.alloc(64 * 1024);
  #windowStart = 0;
  #windowLength = 0;
  #position = 0;

  constructor(file: FileHandle, size: number, name: string) {
    this.#file = file;
    this.size = size;
    this.#name = name;
  }

  get atEnd(): boolean {
    return this.#position === this.size;
  }

  invalid(what: string): EngineError {
    return new EngineError(
      'model_invalid',
      `${this.#name} is not a usable Whisper model: ${what}. Download it again, or choose another one.`,
    );
  }

  /** The file's first bytes, fewer where it is shorter. */
  async start(length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.min(length, this.size));
    await this.#file.read(buffer, 0, buffer.length, 0);
    return buffer;
  }

  async peekMagic(): Promise<number | null> {
    const start = await this.start(4);
    return start.length === 4 ? start.readUInt32LE() : null;
  }

  skip(length: number): void {
    if (this.#position + length > this.size) throw this.#truncated();
    this.#position += length;
  }

  async int32(): Promise<number> {
    return (await this.bytes(4)).readInt32LE();
  }

  async bytes(length: number): Promise<Buffer> {
    if (this.#position + length > this.size) throw this.#truncated();
    const held = this.#position - this.#windowStart;
    if (held < 0 || held + length > this.#windowLength) await this.#refill();
    const from = this.#position - this.#windowStart;
    this.#position += length;
    return this.#window.subarray(from, from + length);
  }

  async #refill(): Promise<void> {
    this.#windowStart = this.#position;
    this.#windowLength = 0;
    const wanted = Math.min(this.#window.length, this.size - this.#position);
    while (this.#windowLength < wanted) {
      const { bytesRead } = await this.#file.read(
        this.#window,
        this.#windowLength,
        wanted - this.#windowLength,
        this.#windowStart + this.#windowLength,
      );
      if (bytesRead === 0) throw this.#truncated();
      this.#windowLength += bytesRead;
    }
  }

  #truncated(): EngineError {
    return this.invalid('it ends too early (an interrupted download?)');
  }
}

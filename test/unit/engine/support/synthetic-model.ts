import type { ModelDimensions } from '../../../../src/core/engine/model-layout.ts';
import { expectedTensors, GGML_TYPES } from '../../../../src/core/engine/model-layout.ts';

/** The smallest dimensions that still have every kind of tensor: about 0.6 MB. */
export const SMALL_DIMENSIONS: ModelDimensions = {
  vocabularySize: 51_864,
  audioContext: 64,
  audioState: 8,
  audioHeads: 2,
  audioLayers: 1,
  textContext: 32,
  textState: 8,
  textHeads: 2,
  textLayers: 1,
  melBands: 80,
  fileType: 1,
};

/** Base tokens that are spelled out in a file; the special ones behind them are not. */
const VOCABULARY_IN_FILE = 50_256;

/**
 * A model file with weights that mean nothing: what a loader reads is all there and sound. Nothing in the
 * project writes such files, so the test for reading them does it byte by byte.
 */
export function buildModelFile(d: ModelDimensions): Buffer {
  const parts: Buffer[] = [
    int32(
      0x67676d6c,
      d.vocabularySize,
      d.audioContext,
      d.audioState,
      d.audioHeads,
      d.audioLayers,
      d.textContext,
      d.textState,
      d.textHeads,
      d.textLayers,
      d.melBands,
      d.fileType,
    ),
    int32(d.melBands, 201),
    Buffer.alloc(d.melBands * 201 * 4),
    int32(VOCABULARY_IN_FILE),
  ];
  for (let id = 0; id < VOCABULARY_IN_FILE; id++) {
    const text = Buffer.from(id === 220 ? ' ' : ` ${id.toString(36)}`);
    parts.push(int32(text.length), text);
  }
  for (const [name, tensor] of expectedTensors(d)) {
    const typeId = Object.keys(GGML_TYPES).find((id) => GGML_TYPES[Number(id)] === tensor.type);
    const dimensionCount = tensor.shape[2] > 1 ? 3 : tensor.shape[1] > 1 ? 2 : 1;
    const elements = tensor.shape[0] * tensor.shape[1] * tensor.shape[2];
    parts.push(
      int32(dimensionCount, name.length, Number(typeId), ...tensor.shape.slice(0, dimensionCount)),
      Buffer.from(name),
      Buffer.alloc((elements / tensor.type.blockSize) * tensor.type.blockBytes),
    );
  }
  return Buffer.concat(parts);
}

function int32(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) buffer.writeInt32LE(value, i * 4);
  return buffer;
}

/** The dimensions in the header of a model file. */
export interface ModelDimensions {
  readonly vocabularySize: number;
  readonly audioContext: number;
  readonly audioState: number;
  readonly audioHeads: number;
  readonly audioLayers: number;
  readonly textContext: number;
  readonly textState: number;
  readonly textHeads: number;
  readonly textLayers: number;
  readonly melBands: number;
  /** ggml's `ftype`, without the version of the quantisation. */
  readonly fileType: number;
}

/** How ggml stores numbers: `blockSize` of them take `blockBytes`. */
export interface StorageType {
  readonly name: string;
  readonly blockSize: number;
  readonly blockBytes: number;
}

/** ggml's types by their number in a file (`ggml_type`; sizes from `ggml-common.h`). */
export const GGML_TYPES: Readonly<Record<number, StorageType>> = {
  0: { name: 'f32', blockSize: 1, blockBytes: 4 },
  1: { name: 'f16', blockSize: 1, blockBytes: 2 },
  2: { name: 'q4_0', blockSize: 32, blockBytes: 18 },
  3: { name: 'q4_1', blockSize: 32, blockBytes: 20 },
  6: { name: 'q5_0', blockSize: 32, blockBytes: 22 },
  7: { name: 'q5_1', blockSize: 32, blockBytes: 24 },
  8: { name: 'q8_0', blockSize: 32, blockBytes: 34 },
  10: { name: 'q2_k', blockSize: 256, blockBytes: 84 },
  11: { name: 'q3_k', blockSize: 256, blockBytes: 110 },
  12: { name: 'q4_k', blockSize: 256, blockBytes: 144 },
  13: { name: 'q5_k', blockSize: 256, blockBytes: 176 },
  14: { name: 'q6_k', blockSize: 256, blockBytes: 210 },
};

/** Type of the large weights by the header's `ftype` (`ggml_ftype_to_ggml_type`). */
const TYPE_BY_FILE_TYPE: Readonly<Record<number, number>> = {
  0: 0,
  1: 1,
  2: 2,
  3: 3,
  7: 8,
  8: 6,
  9: 7,
  10: 10,
  11: 11,
  12: 12,
  13: 13,
  14: 14,
};

/** The type of the large weights; `undefined` for an `ftype` that whisper.cpp cannot load. */
export function typeOfFileType(fileType: number): StorageType | undefined {
  const id = TYPE_BY_FILE_TYPE[fileType];
  return id === undefined ? undefined : GGML_TYPES[id];
}

/** A tensor as it has to appear in the file: sizes from the fastest dimension to the slowest. */
export interface TensorLayout {
  readonly shape: readonly [number, number, number];
  readonly type: StorageType;
}

/** Every tensor a model of these dimensions has, by name, as whisper.cpp creates them before it reads the file. */
export function expectedTensors(d: ModelDimensions): Map<string, TensorLayout> {
  const f32 = GGML_TYPES[0] as StorageType;
  const weight = typeOfFileType(d.fileType) ?? f32;
  const convolution = weight === f32 ? f32 : (GGML_TYPES[1] as StorageType);
  const n = d.audioState;
  const tensors = new Map<string, TensorLayout>();
  const add = (name: string, type: StorageType, ...shape: number[]): void => {
    tensors.set(name, { type, shape: [shape[0] ?? 1, shape[1] ?? 1, shape[2] ?? 1] });
  };
  const addNorm = (name: string): void => {
    add(`${name}.weight`, f32, n);
    add(`${name}.bias`, f32, n);
  };
  const addLinear = (name: string, from: number, to: number, bias = true): void => {
    add(`${name}.weight`, weight, from, to);
    if (bias) add(`${name}.bias`, f32, to);
  };
  const addAttention = (name: string): void => {
    addNorm(`${name}_ln`);
    addLinear(`${name}.query`, n, n);
    addLinear(`${name}.key`, n, n, false);
    addLinear(`${name}.value`, n, n);
    addLinear(`${name}.out`, n, n);
  };
  const addBlock = (name: string, attentions: readonly string[]): void => {
    for (const attention of attentions) addAttention(`${name}.${attention}`);
    addNorm(`${name}.mlp_ln`);
    addLinear(`${name}.mlp.0`, n, 4 * n);
    addLinear(`${name}.mlp.2`, 4 * n, n);
  };
  add('encoder.positional_embedding', f32, n, d.audioContext);
  add('encoder.conv1.weight', convolution, 3, d.melBands, n);
  add('encoder.conv1.bias', f32, 1, n);
  add('encoder.conv2.weight', convolution, 3, n, n);
  add('encoder.conv2.bias', f32, 1, n);
  addNorm('encoder.ln_post');
  for (let i = 0; i < d.audioLayers; i++) addBlock(`encoder.blocks.${i}`, ['attn']);
  add('decoder.positional_embedding', f32, n, d.textContext);
  add('decoder.token_embedding.weight', weight, n, d.vocabularySize);
  addNorm('decoder.ln');
  for (let i = 0; i < d.textLayers; i++) addBlock(`decoder.blocks.${i}`, ['attn', 'cross_attn']);
  return tensors;
}

/** Bias added before the logarithmic split in the reference encoder, on the 14-bit scale times four. */
const MULAW_BIAS = 0x84;
const MULAW_CLIP = 32635;

/**
 * Expands one mu-law byte to a 16-bit sample.
 * Source: ITU-T G.711 (11/1988), table 2; values are the standard's 14-bit ones times four.
 */
export function expandMulaw(byte: number): number {
  const inverted = ~byte & 0xff;
  const exponent = (inverted >> 4) & 7;
  const mantissa = inverted & 0x0f;
  const magnitude = (((mantissa << 3) + MULAW_BIAS) << exponent) - MULAW_BIAS;
  // Not a plain minus: the negative zero is a zero like the other.
  return inverted & 0x80 ? 0 - magnitude : magnitude;
}

/** Compresses a 16-bit sample to mu-law. Source: ITU-T G.711, table 2. Louder than the scale is clipped. */
export function compressMulaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MULAW_CLIP) + MULAW_BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

/**
 * Expands one A-law byte to a 16-bit sample.
 * Source: ITU-T G.711, table 1 (even bits inverted); values are the standard's 13-bit ones times eight.
 */
export function expandAlaw(byte: number): number {
  const toggled = byte ^ 0x55;
  const exponent = (toggled >> 4) & 7;
  const mantissa = toggled & 0x0f;
  const magnitude = exponent === 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
  return toggled & 0x80 ? magnitude : -magnitude;
}

/** Compresses a 16-bit sample to A-law. Source: ITU-T G.711, table 1. */
export function compressAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  // Negative values are taken in one's complement, as the reference does, so that -1 falls in the first step.
  const magnitude = Math.min(sample >= 0 ? sample : ~sample, 32767);
  const exponent = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

/** Audio encodings a session accepts. */
export const AUDIO_ENCODINGS = ['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw'] as const;

export type AudioEncoding = (typeof AUDIO_ENCODINGS)[number];

/** The shape of a stream's audio, as agreed in the handshake. */
export interface AudioFormat {
  readonly encoding: AudioEncoding;
  /** Hz, 8000 to 48000. */
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

/** Bytes of one sample of one channel. */
export function bytesPerSample(encoding: AudioEncoding): number {
  switch (encoding) {
    case 'pcm_s16le':
      return 2;
    case 'pcm_f32le':
      return 4;
    case 'mulaw':
    case 'alaw':
      return 1;
  }
}

/** Bytes of one position: one sample of every channel. */
export function bytesPerPosition(format: Pick<AudioFormat, 'encoding' | 'channels'>): number {
  return bytesPerSample(format.encoding) * format.channels;
}

import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

const CHUNK_BYTES = 1 << 20;

/**
 * The running sha256 of a file's first `bytes` bytes.
 *
 * @param onProgress hears how many bytes have been read.
 * @throws the signal's reason, when it fires; what the file system throws.
 */
export async function startDigest(
  path: string,
  bytes: number,
  signal: AbortSignal | undefined,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<{ hash: Hash; bytes: number }> {
  const hash = createHash('sha256');
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let position = 0;
    while (position < bytes) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, bytes - position), position);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      position += bytesRead;
      onProgress(position);
    }
    return { hash, bytes: position };
  } finally {
    await file.close();
  }
}

/** The sha256 of a whole file, in lower-case hexadecimal. Errors: as {@link startDigest}. */
export async function digestFile(
  path: string,
  signal: AbortSignal | undefined,
  onProgress?: (bytes: number) => void,
): Promise<string> {
  const { hash } = await startDigest(path, Number.POSITIVE_INFINITY, signal, onProgress);
  return hash.digest('hex');
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, base64url (43 characters). */
export function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a secret to compare others with. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Whether `candidate` is the secret behind `hash`, in a time that tells nothing about either. */
export function matchesSecret(candidate: string, hash: Buffer): boolean {
  return timingSafeEqual(hashSecret(candidate), hash);
}

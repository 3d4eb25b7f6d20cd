/** What to do where something could not be written. */
export function writeAdvice(error: unknown): string {
  const errno = error instanceof Error && 'code' in error ? error.code : undefined;
  return errno === 'ENOSPC' || errno === 'EDQUOT'
    ? 'The disk is full: free some space, or write to another disk.'
    : 'Write to another place.';
}

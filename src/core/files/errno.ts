/** What the system calls an error, such as `ENOENT`; `unknown error` for anything that is not the system's. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

import { errnoOf } from '../files/errno.ts';
import { SurtitleError } from '../foundation/errors.ts';

/**
 * Runs something that writes to `file`.
 * @throws {SurtitleError} `output_unwritable`, whatever the system said.
 */
export async function writingTo<Result>(file: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    const errno = errnoOf(cause);
    const reason = errno === 'ENOSPC' ? 'the disk is full' : errno;
    throw new SurtitleError(
      'output_unwritable',
      `${file} cannot be written (${reason}). Make room or choose another folder with --output-dir; the same command then goes on where it stopped.`,
      { cause },
    );
  }
}

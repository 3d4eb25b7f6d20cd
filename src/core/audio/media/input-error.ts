import { SurtitleError } from '../../foundation/errors.ts';

/**
 * A system's refusal to open or read a file, as an error for people.
 * @param code the system's (`ENOENT`, …), where it gave one.
 */
export function inputError(path: string, code: string | null, message: string): SurtitleError {
  if (code === 'ENOENT') {
    return new SurtitleError('input_not_found', `There is no file ${path}. Check its name.`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new SurtitleError(
      'input_unreadable',
      `${path} may not be read. Change its permissions, or copy it.`,
    );
  }
  return new SurtitleError('input_unreadable', `${path} cannot be read (${message}).`);
}

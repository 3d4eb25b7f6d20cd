import { errnoOf } from '../files/errno.ts';
import { SurtitleError } from '../foundation/errors.ts';
import { describeBytes } from './byte-words.ts';

/** Codes of everything that can go wrong with models; `docs/models.md` lists what to do. */
export type ModelErrorCode =
  /** No model of this name in the catalogue. */
  | 'model_unknown'
  /** Not installed. */
  | 'model_not_found'
  /** The bundled model can neither be replaced nor removed. */
  | 'model_bundled'
  /** A file of this name is there and holds something else. */
  | 'model_exists'
  /** Another process is downloading or importing it. */
  | 'model_busy'
  /** Not in the catalogue, and the user has not said that it is to be trusted. */
  | 'model_untrusted'
  | 'model_name_invalid'
  /** The engine cannot load it. */
  | 'model_invalid'
  /** The file to import. */
  | 'input_not_found'
  | 'input_unreadable'
  | 'mirror_invalid'
  | 'proxy_invalid'
  /** Nothing answers. */
  | 'download_offline'
  | 'download_forbidden'
  | 'download_not_found'
  /** The server's certificate is not trusted. */
  | 'download_insecure'
  /** The server gave up, or answers what makes no sense. */
  | 'download_failed'
  /** The server's file has another size than the model. */
  | 'size_mismatch'
  | 'checksum_mismatch'
  | 'disk_full'
  | 'models_folder_unwritable'
  /** Stopped by its signal. */
  | 'cancelled';

/** What went wrong with a model, and what to do next. */
export class ModelError extends SurtitleError {
  declare readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}

/** A failure to write into the models folder. */
export function writeFailure(folder: string, cause: unknown, keptBytes: number | null = null): ModelError {
  const errno = errnoOf(cause);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const kept =
      keptBytes === null
        ? ''
        : ` The ${describeBytes(keptBytes)} that are there are kept: the same command goes on from them.`;
    const what = errno === 'ENOSPC' ? 'The disk is full' : 'The disk quota is used up';
    return new ModelError('disk_full', `${what} where ${folder} lies. Free some space.${kept}`, { cause });
  }
  return new ModelError(
    'models_folder_unwritable',
    `The models folder ${folder} cannot be written (${errno}). Make it writable, or set SURTITLE_HOME to a folder that is.`,
    { cause },
  );
}

import { SurtitleError } from '../../../core/foundation/errors.ts';

/** What a browser lets people choose: the kinds that can be read, and whatever else has sound. */
const ACCEPTED = {
  recordings:
    'audio/*,video/*,.wav,.mp3,.m4a,.aac,.flac,.ogg,.oga,.opus,.webm,.mkv,.mka,.mp4,.mov,.avi,.wma,.amr',
  model: '.bin,.gguf',
} as const;

export interface UploadTarget {
  /** `http:` or `https:`, of the server. */
  readonly origin: string;
  readonly token: string | null;
}

/** Asks the user for files. @returns none where they thought better of it. */
export function askForFiles(kind: keyof typeof ACCEPTED): Promise<readonly File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = ACCEPTED[kind];
    input.multiple = kind === 'recordings';
    input.onchange = () => resolve([...(input.files ?? [])]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}

/**
 * Hands files over to the server, one after the other.
 * @returns what calls name them by.
 * @throws {SurtitleError} `upload_failed`, `upload_cancelled`, `file_too_large`.
 */
export async function uploadFiles(
  files: readonly File[],
  target: UploadTarget,
  onProgress: (share: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const references: string[] = [];
  let sentBytes = 0;
  for (const file of files) {
    const told = (bytes: number): void => onProgress(totalBytes === 0 ? 1 : (sentBytes + bytes) / totalBytes);
    references.push(await upload(file, target, told, signal));
    sentBytes += file.size;
    told(0);
  }
  return references;
}

/** By `XMLHttpRequest`: `fetch` does not tell how much has been sent. */
function upload(
  file: File,
  { origin, token }: UploadTarget,
  onSent: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const fail = (code: string, message: string): void => reject(new SurtitleError(code, message));
    request.open('POST', `${origin}/control/uploads?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, file.size));
    request.onload = () => {
      const { reference, error } = (request.response ?? {}) as UploadAnswer;
      if (request.status === 201 && reference !== undefined) resolve(reference);
      else fail(error?.code ?? 'upload_failed', error?.message ?? uploadFailed(file.name));
    };
    request.onerror = () => fail('upload_failed', uploadFailed(file.name));
    request.onabort = () => fail('upload_cancelled', `${file.name} was not sent: it was cancelled.`);
    request.onloadend = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    else request.send(file);
  });
}

interface UploadAnswer {
  readonly reference?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

function uploadFailed(name: string): string {
  return `${name} could not be sent to Surtitle: the connection broke. Try again.`;
}

/** Saves a text as the browser saves what is downloaded. */
export function download(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

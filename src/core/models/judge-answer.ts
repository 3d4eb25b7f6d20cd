import { ModelError } from './model-error.ts';

/** What to do with an answer to the request for (the rest of) a model. */
export type Verdict =
  /** The body goes on where the part ends. */
  | { readonly kind: 'append' }
  /** The body is the whole file. */
  | { readonly kind: 'whole' }
  /** Ask again for the whole file: the server's answers to ranges cannot be used. */
  | { readonly kind: 'without_range'; readonly reason: string }
  /** Ask again later. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMs: number | null }
  | { readonly kind: 'fail'; readonly error: ModelError };

/** What was asked for. */
export interface AskedFor {
  /** For people. */
  readonly address: string;
  /** Of the whole file. */
  readonly bytes: number;
  /** First byte asked for; 0 asks for the whole. */
  readonly from: number;
  /** Tag of the content that the part is of; `null` where it is not known. */
  readonly etag: string | null;
}

type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Judges status and headers, before a byte of the body is believed: what they say of range and length must
 * fit the model. Rules: RFC 9110, sections 14 (ranges) and 10.2.3 (Retry-After).
 *
 * @param nowMs Unix time, for a `Retry-After` that is a date.
 */
export function judgeAnswer(status: number, headers: Headers, asked: AskedFor, nowMs: number): Verdict {
  switch (status) {
    case 200:
      return judgeWhole(headers, asked);
    case 206:
      return judgeRange(headers, asked);
    case 416:
      return judgeUnsatisfiable(headers, asked);
    case 401:
    case 403:
    case 407:
    case 451:
      return fail(
        'download_forbidden',
        `${asked.address} is not to be had (${status}): the server wants a permission that is missing. Check a mirror's user and password, or use another source.`,
      );
    case 404:
    case 410:
      return fail(
        'download_not_found',
        `${asked.address} does not exist (${status}). Check the mirror's address: it must be the folder that holds the files.`,
      );
    default:
      if (status === 408 || status === 425 || status === 429 || status >= 500) {
        const afterMs = parseRetryAfter(headers['retry-after'], nowMs);
        return { kind: 'later', reason: `the server answered ${status}`, afterMs };
      }
      return fail('download_failed', `${asked.address} was answered with ${status}, which makes no sense.`);
  }
}

/** Milliseconds to wait; `null` where the header is absent or not understood. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  if (/^\d{1,9}$/u.test(value.trim())) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}

function judgeWhole(headers: Headers, asked: AskedFor): Verdict {
  if (/\btext\/html\b/iu.test(headers['content-type'] ?? '')) return webPage(asked);
  const length = parseLength(headers['content-length']);
  if (isEncoded(headers)) return encoded(asked);
  if (length !== null && length !== asked.bytes) return otherSize(length, asked);
  return { kind: 'whole' };
}

function judgeRange(headers: Headers, asked: AskedFor): Verdict {
  const [, first, last, total] =
    /^bytes (\d+)-(\d+)\/(\d+|\*)$/u.exec(headers['content-range']?.trim() ?? '') ?? [];
  if (isEncoded(headers)) return encoded(asked);
  if (asked.from === 0 || first === undefined) return brokenRange(asked);
  if (total !== '*' && Number(total) !== asked.bytes) return otherSize(Number(total), asked);
  const sound = Number(first) === asked.from && Number(last) >= asked.from && Number(last) < asked.bytes;
  const length = parseLength(headers['content-length']);
  // A server that passes over If-Range must not mix two contents.
  if (asked.etag !== null && headers.etag !== undefined && !sameTag(asked.etag, headers.etag)) {
    return { kind: 'without_range', reason: "the server's file has changed" };
  }
  if (!sound || (length !== null && length !== Number(last) - asked.from + 1)) return brokenRange(asked);
  return { kind: 'append' };
}

function judgeUnsatisfiable(headers: Headers, asked: AskedFor): Verdict {
  const total = /^bytes \*\/(\d+)$/u.exec(headers['content-range']?.trim() ?? '')?.[1];
  if (total !== undefined && Number(total) !== asked.bytes) return otherSize(Number(total), asked);
  return brokenRange(asked);
}

function brokenRange(asked: AskedFor): Verdict {
  if (asked.from > 0) {
    return { kind: 'without_range', reason: 'the server cannot continue where the download stopped' };
  }
  return fail(
    'download_failed',
    `${asked.address} is answered with a part of the file that was not asked for. Use another source.`,
  );
}

function otherSize(bytes: number, asked: AskedFor): Verdict {
  return fail(
    'size_mismatch',
    `${asked.address} has ${bytes} bytes and the model ${asked.bytes}: it is another file, or another version. Use another source.`,
  );
}

function webPage(asked: AskedFor): Verdict {
  return fail(
    'download_failed',
    `${asked.address} is answered with a web page instead of a file. Does this network want you to log in first? Check the mirror's address as well.`,
  );
}

function encoded(asked: AskedFor): Verdict {
  return fail(
    'download_failed',
    `${asked.address} is answered in compressed form, which was not asked for. Use another source.`,
  );
}

function isEncoded(headers: Headers): boolean {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  return encoding !== '' && encoding !== 'identity';
}

/** Weak comparison (RFC 9110, section 8.8.3.2): the checksum settles what a weak tag leaves open. */
function sameTag(one: string, other: string): boolean {
  return one.replace(/^W\//u, '') === other.replace(/^W\//u, '');
}

function parseLength(value: string | undefined): number | null {
  return value !== undefined && /^\d+$/u.test(value.trim()) ? Number(value) : null;
}

function fail(code: ModelError['code'], message: string): Verdict {
  return { kind: 'fail', error: new ModelError(code, message) };
}

import { describeError } from '../foundation/errors.ts';
import { isRetryableClose, isRetryableUpgradeStatus, type ProtocolError } from '../protocol/errors.ts';
import { ConnectionError, upgradeRefused } from './connection-error.ts';
import type { LinkEnd } from './link.ts';

/** What happened, as a sentence for people. */
export function describeLinkEnd(end: LinkEnd): string {
  switch (end.kind) {
    case 'refused':
      return `The server refused the connection for now (HTTP ${end.status}).`;
    case 'silent':
      return 'The server said nothing for 15 seconds.';
    case 'closed': {
      if (end.cause !== undefined) return `The connection broke: ${describeError(end.cause)}.`;
      const reason = end.reason === '' ? '' : `: ${end.reason}`;
      return end.code === 1006
        ? 'The connection broke.'
        : `The connection was closed (${end.code}${reason}).`;
    }
  }
}

/**
 * Why a link that ended is not to be tried again, `null` where it is.
 * @param fatal the fatal `error` the server sent first; it says more than a close code does.
 */
export function finalError(end: LinkEnd, fatal: ProtocolError | null): Error | null {
  if (fatal && !fatal.retryable) return fatal;
  switch (end.kind) {
    case 'silent':
      return null;
    case 'refused':
      return isRetryableUpgradeStatus(end.status) ? null : upgradeRefused(end.status);
    case 'closed':
      if (isRetryableClose(end.code)) return null;
      return fatal ?? new ConnectionError('closed_unexpectedly', closedForGood(end), { cause: end.cause });
  }
}

function closedForGood(end: Extract<LinkEnd, { kind: 'closed' }>): string {
  const what = describeLinkEnd(end);
  switch (end.code) {
    case 4409:
      return `${what} Another client has taken this session over.`;
    case 1009:
      return `${what} A message was larger than the server takes.`;
    default:
      return `${what} The session did not end, and the server does not want it to be tried again.`;
  }
}

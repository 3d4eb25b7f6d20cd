import { ProtocolError } from './errors.ts';
import { MAX_JSON_DEPTH } from './limits.ts';
import {
  type ServerMessage,
  type SnapshotMessage,
  serverMessageSchema,
  snapshotSchema,
} from './server-messages.ts';

/**
 * Reads one text frame: exactly one JSON object with a string `type`.
 * @throws {ProtocolError} `bad_json`.
 */
export function decodeJsonObject(text: string): Record<string, unknown> & { type: string } {
  // Checked before parsing: a parser recurses, and a megabyte of brackets is a cheap way to hurt one.
  if (isNestedDeeperThan(text, MAX_JSON_DEPTH)) {
    throw new ProtocolError(
      'bad_json',
      `The message is nested deeper than ${MAX_JSON_DEPTH} levels; flatten it.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProtocolError(
      'bad_json',
      'The text frame is not JSON. Send control messages as JSON text and audio as binary frames.',
      { cause: error },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProtocolError(
      'bad_json',
      'The text frame must hold one JSON object, such as {"type":"keepalive"}.',
    );
  }
  const message = value as Record<string, unknown>;
  if (typeof message.type !== 'string') {
    throw new ProtocolError('bad_json', 'The message has no "type"; it must be a string such as "config".');
  }
  return message as Record<string, unknown> & { type: string };
}

/** Whether brackets outside strings nest deeper than `limit`. One pass, no allocation. */
export function isNestedDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) {
      inString = true;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return false;
}

/**
 * Checks one decoded object from a server. Types this version does not know give `null`: a newer
 * server may say more than an older client understands.
 * @throws {ProtocolError} `bad_json` where a known type does not have its documented shape.
 */
export function parseServerMessage(
  message: Readonly<Record<string, unknown>>,
): ServerMessage | SnapshotMessage | null {
  const schema = message.type === 'snapshot' ? snapshotSchema : serverMessageSchema;
  const result = schema.safeParse(message);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'invalid_union' && issue.path[0] === 'type') return null;
  throw new ProtocolError(
    'bad_json',
    `The server's "${String(message.type)}" message does not have its documented shape (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}). Client and server may be of different versions.`,
  );
}

/** Writes one message as a text frame. */
export function encodeMessage(message: object): string {
  return JSON.stringify(message);
}

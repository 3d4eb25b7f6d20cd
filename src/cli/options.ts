import { InvalidArgumentError } from 'commander';
import { AUDIO_ENCODINGS, type AudioEncoding } from '../core/protocol/encodings.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFormat = 'text' | 'json';

/** Given to every command. */
export interface GlobalOptions {
  /** Unexpected errors show where they came from. */
  readonly verbose: boolean;
}

export interface DemoOptions extends GlobalOptions {
  readonly fast: boolean;
  readonly model: string | undefined;
  readonly threads: number | undefined;
}

export interface ServeOptions extends GlobalOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly model: string | undefined;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly maxSessions: number;
  /** Largest uploaded file, in megabytes. */
  readonly maxUpload: number;
  /** Longest uploaded recording, in minutes. */
  readonly maxUploadMinutes: number;
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
  readonly allowRemote: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
  /** Of one decode; chosen by the engine where absent. */
  readonly threads: number | undefined;
  readonly gpu: boolean;
  /** Prints the page's link with its token even where the output goes into a file or a log. */
  readonly printLink: boolean;
}

export interface StreamOptions extends GlobalOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly json: boolean;
  /** File for the event log. */
  readonly log: string | undefined;
  readonly fast: boolean;
  /** False: this stream is not kept, whatever the settings say. */
  readonly history: boolean;
  readonly language: string;
  readonly model: string | undefined;
  readonly wordTimestamps: boolean;
  readonly endpointing: number | undefined;
  readonly encoding: AudioEncoding;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

export interface DoctorOptions extends GlobalOptions {
  readonly json: boolean;
  readonly model: string | undefined;
  readonly port: number;
}

/** A parser for whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/u.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Collects the values of an option that may be given several times. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

/** A WebSocket address; `http` is understood as `ws`, and the path is `/ws` unless given. */
export function socketAddress(text: string): string {
  const address = text.replace(/^http/u, 'ws');
  if (!/^wss?:\/\//u.test(address) || !URL.canParse(address)) {
    throw new InvalidArgumentError('It must look like ws://127.0.0.1:8000/ws.');
  }
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = '/ws';
  return url.href;
}

export function audioEncoding(text: string): AudioEncoding {
  const encoding = AUDIO_ENCODINGS.find((known) => known === text);
  if (encoding) return encoding;
  throw new InvalidArgumentError(`It must be one of ${AUDIO_ENCODINGS.join(', ')}.`);
}

export function channelCount(text: string): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('It must be 1 or 2.');
}

import type { z } from 'zod';

/** One thing a window can ask for: what is sent is checked by a schema, what comes back has a type. */
export interface Call<Request, Response> {
  readonly request: z.ZodType<Request>;
  /** Only there for its type. */
  readonly response?: Response;
}

/** `answering<Response>()(requestSchema)` defines a call. */
export function answering<Response>() {
  return <Request>(request: z.ZodType<Request>): Call<Request, Response> => ({ request });
}

/** A map of calls by name. */
export type CallMap = Readonly<Record<string, Call<unknown, unknown>>>;

export type RequestOf<C> = C extends Call<infer Request, unknown> ? Request : never;
export type ResponseOf<C> = C extends Call<unknown, infer Response> ? Response : never;

/** Who asks. */
export interface CallContext {
  /** Fires when the caller is gone: its window closed, its connection ended. */
  readonly signal: AbortSignal;
  /**
   * The file a caller means: a path on the desktop, an upload of the browser’s.
   * @throws {SurtitleError} `file_unknown`.
   */
  resolveFile(reference: string): string;
}

/** The functions that answer a map of calls. */
export type Handlers<Calls> = {
  readonly [Name in keyof Calls]: (
    request: RequestOf<Calls[Name]>,
    context: CallContext,
  ) => Promise<ResponseOf<Calls[Name]>> | ResponseOf<Calls[Name]>;
};

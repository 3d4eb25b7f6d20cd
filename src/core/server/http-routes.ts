import { openAiErrorBody } from './dialects/openai/openai-error.ts';
import type { EngineSource } from './engine-source.ts';
import { type HttpRoute, sendJson } from './http.ts';

export interface HttpRoutesOptions {
  readonly version: string;
  readonly engine: EngineSource;
  /** The metrics in the Prometheus text format. */
  readonly metrics: { readonly contentType: string; read(): Promise<string> };
}

/** What the server answers over HTTP beside its dialects. */
export function httpRoutes({ version, engine, metrics }: HttpRoutesOptions): HttpRoute[] {
  return [
    {
      method: 'GET',
      path: '/health',
      scope: 'none',
      handle: (_request, response) => sendJson(response, 200, { status: 'ok', version }),
    },
    {
      method: 'GET',
      path: '/ready',
      scope: 'none',
      handle: (_request, response) =>
        sendJson(response, engine.state === 'ready' ? 200 : 503, { status: engine.state, version }),
    },
    {
      method: 'GET',
      path: '/auth',
      scope: 'viewer',
      handle: (_request, response) => {
        response.writeHead(204).end();
      },
    },
    {
      method: 'GET',
      path: '/v1/models',
      scope: 'full',
      errorBody: openAiErrorBody,
      handle: (_request, response) => sendJson(response, 200, { object: 'list', data: modelList(engine) }),
    },
    {
      method: 'GET',
      path: '/metrics',
      scope: 'full',
      handle: async (_request, response) => {
        const text = await metrics.read();
        response.writeHead(200, { 'Content-Type': metrics.contentType }).end(text);
      },
    },
  ];
}

/** The loaded model, in the shape of OpenAI's list. */
function modelList(engine: EngineSource): object[] {
  const model = engine.service?.model;
  if (!model) return [];
  return [
    { id: model.name, object: 'model', created: 0, owned_by: 'surtitle', multilingual: model.multilingual },
  ];
}

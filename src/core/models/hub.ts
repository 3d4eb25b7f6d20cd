import type { CatalogueModel } from './catalogue.ts';
import { ModelError } from './model-error.ts';
import { HUB_REVISION } from './published-models.ts';

const HUB = `https://huggingface.co/ggerganov/whisper.cpp/resolve/${HUB_REVISION}`;

/**
 * Where a model is downloaded from: the hub, or `MIRROR/ggml-NAME.bin`. A mirror may speak plain HTTP, because
 * the checksum decides what is accepted; its query string (an access signature) stays at the end.
 *
 * @param mirror base address; `null` for the hub.
 * @throws {ModelError} `mirror_invalid`.
 */
export function modelAddress(model: CatalogueModel, mirror: string | null): URL {
  const base = mirror === null ? new URL(HUB) : parseMirror(mirror);
  base.pathname = `${base.pathname.replace(/\/+$/u, '')}/ggml-${model.name}.bin`;
  return base;
}

/** Address for people, logs and files: without user, password and query, which may be secrets. */
export function publicAddress(address: URL): string {
  return `${address.protocol}//${address.host}${address.pathname}`;
}

function parseMirror(mirror: string): URL {
  const address = URL.canParse(mirror) ? new URL(mirror) : null;
  if (address && (address.protocol === 'https:' || address.protocol === 'http:')) return address;
  throw new ModelError(
    'mirror_invalid',
    `The mirror ${JSON.stringify(address ? publicAddress(address) : mirror.slice(0, 200))} is no web address. It must look like https://models.example.org/whisper.`,
  );
}

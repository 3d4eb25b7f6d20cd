import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineError } from './engine.ts';

/** What `npm run build:engine` wrote down about its result. */
export interface EngineBuildManifest {
  readonly smartWhisper: string;
  /** The whisper.cpp commit inside. */
  readonly whisperCpp: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  /** `cpu`, `accelerate`, `metal`, `openblas`, or `byol` for a library the user brought. */
  readonly backend: string;
  readonly gpu: boolean;
  /** `native`, or the instruction set that was asked for. */
  readonly arch: string;
  readonly builtAt: string;
  readonly durationMs: number;
  readonly patches: readonly { readonly file: string; readonly reason: string }[];
  /** The machine it was built on; `features` is empty where the system does not tell. */
  readonly processor: { readonly model: string; readonly features: readonly string[] };
}

/** A built engine on disk. */
export interface EngineBuild {
  readonly addonPath: string;
  readonly manifest: EngineBuildManifest;
}

const ADDON_IN_FOLDER = path.join('build', 'Release', 'smart-whisper.node');

/**
 * Finds the built engine: where `SURTITLE_ENGINE_DIR` says, in the resources of a packaged app, or in
 * `build/engine` of the nearest folder above this file.
 * @throws {EngineError} `engine_not_built`
 */
export function locateEngineBuild(): EngineBuild {
  for (const folder of candidateFolders()) {
    const addonPath = path.join(folder, ADDON_IN_FOLDER);
    const manifestPath = path.join(folder, 'manifest.json');
    if (existsSync(addonPath) && existsSync(manifestPath)) {
      return { addonPath, manifest: JSON.parse(readFileSync(manifestPath, 'utf8')) as EngineBuildManifest };
    }
  }
  throw new EngineError(
    'engine_not_built',
    'The speech engine is not built. Run `npm run build:engine`; it says what to install if something is missing.',
  );
}

/**
 * Instruction sets that a build for "this machine" was made with and that this machine does not have: the
 * folder was copied from elsewhere. Empty where the system does not tell (everywhere but Linux).
 * @param readCpuInfo gives the content of `/proc/cpuinfo`, or null
 */
export function missingProcessorFeatures(
  manifest: EngineBuildManifest,
  readCpuInfo: () => string | null = readProcCpuInfo,
): string[] {
  if (manifest.arch !== 'native' || manifest.processor.features.length === 0) return [];
  const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readCpuInfo() ?? '')?.[1];
  if (line === undefined) return [];
  const present = new Set(line.trim().split(/\s+/));
  return manifest.processor.features.filter((feature) => !present.has(feature));
}

function readProcCpuInfo(): string | null {
  return existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : null;
}

function candidateFolders(): string[] {
  const given = process.env.SURTITLE_ENGINE_DIR;
  if (given) return [given];
  const folders: string[] = [];
  const resources = (process as { resourcesPath?: string }).resourcesPath;
  if (resources) folders.push(path.join(resources, 'engine'));
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (let parent = path.dirname(folder); parent !== folder; parent = path.dirname(folder)) {
    folder = parent;
    folders.push(path.join(folder, 'build', 'engine'));
  }
  return folders;
}

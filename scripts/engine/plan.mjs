import { EngineBuildError } from './failure.mjs';

/** The whisper.cpp commit inside smart-whisper 0.8.1; a library given by BYOL must be built from the same one. */
export const WHISPER_CPP_COMMIT = '2ef717b';

const BINDING_SOURCES = ['binding', 'common', 'log', 'model', 'transcribe'];
/** Longest compile first, so that the last one to finish is a short one. */
const WHISPER_SOURCES = [
  'whisper.cpp/src/whisper.cpp',
  'whisper.cpp/ggml/src/ggml.c',
  'whisper.cpp/ggml/src/ggml-quants.c',
  'whisper.cpp/ggml/src/sgemm.cpp',
  'whisper.cpp/ggml/src/ggml-aarch64.c',
  'whisper.cpp/ggml/src/ggml-backend.c',
  'whisper.cpp/ggml/src/ggml-alloc.c',
];
const BACKENDS = ['cpu', 'accelerate', 'metal', 'openblas'];

/**
 * @typedef {object} EngineBuildPlan
 * @property {string[]} sources relative to the copied sources
 * @property {string[]} defines without the leading -D
 * @property {string[]} includes relative to the copied sources
 * @property {string[]} archFlags choose the instruction set
 * @property {string[]} linkInputs libraries and frameworks
 * @property {'cpu'|'accelerate'|'metal'|'openblas'|'byol'} backend
 * @property {string} arch the instruction set asked for: `native`, or a name the compiler knows
 * @property {string|null} byol library linked instead of compiling whisper.cpp
 * @property {boolean} embedMetal put the Metal shaders into the addon
 */

/**
 * Decides what is compiled and how. Pure: everything it depends on is passed in.
 * @param {{platform: NodeJS.Platform, cpuArch: string, env: Record<string, string|undefined>}} machine
 * @returns {EngineBuildPlan}
 */
export function engineBuildPlan({ platform, cpuArch, env }) {
  const byol = env.BYOL || null;
  const backend = byol ? 'byol' : chooseBackend(platform, cpuArch, env.SURTITLE_ENGINE_BACKEND);
  const arch = env.SURTITLE_ENGINE_ARCH || 'native';
  const sources = BINDING_SOURCES.map((name) => `src/binding/${name}.cc`);
  if (!byol) sources.unshift(...WHISPER_SOURCES);
  const defines = [
    'NDEBUG',
    'NAPI_VERSION=8',
    'NAPI_CPP_EXCEPTIONS',
    'NODE_ADDON_API_DISABLE_DEPRECATED',
    'BUILDING_NODE_EXTENSION',
  ];
  // Without it ggml.c leaves CPU_ALLOC and its kin as undefined symbols, and LD_BIND_NOW=1 refuses the addon.
  if (platform === 'linux') defines.push('_GNU_SOURCE');
  if (platform === 'darwin') defines.push('_DARWIN_C_SOURCE');
  if (platform === 'win32') defines.push('_CRT_SECURE_NO_WARNINGS', 'NOMINMAX', 'WIN32_LEAN_AND_MEAN');
  /** @type {string[]} */
  const linkInputs = [];
  if (byol) {
    defines.push('SURTITLE_STOCK_WHISPER');
    linkInputs.push(...byol.split(/\s+/));
  } else {
    // The matrix kernels of sgemm.cpp: 1.7 times as fast with f16 weights, 1.4 times with q8_0.
    defines.push('GGML_USE_LLAMAFILE');
  }
  if (backend === 'accelerate' || backend === 'metal') {
    defines.push('GGML_USE_ACCELERATE', 'GGML_USE_BLAS', 'ACCELERATE_NEW_LAPACK', 'ACCELERATE_LAPACK_ILP64');
    sources.push('whisper.cpp/ggml/src/ggml-blas.cpp');
    linkInputs.push('-framework', 'Foundation', '-framework', 'Accelerate');
  }
  if (backend === 'metal') {
    defines.push('GGML_USE_METAL', 'GGML_METAL_EMBED_LIBRARY');
    sources.push('whisper.cpp/ggml/src/ggml-metal.m');
    linkInputs.push('-framework', 'Metal', '-framework', 'MetalKit');
  }
  if (backend === 'openblas') {
    defines.push('GGML_USE_BLAS');
    sources.push('whisper.cpp/ggml/src/ggml-blas.cpp');
    linkInputs.push('-lopenblas');
  }
  return {
    sources,
    defines,
    includes: ['whisper.cpp/include', 'whisper.cpp/ggml/include', 'whisper.cpp/ggml/src', 'whisper.cpp/src'],
    archFlags: platform === 'win32' ? msvcArchFlags(cpuArch, arch) : gnuArchFlags(platform, cpuArch, arch),
    linkInputs,
    backend,
    arch,
    byol,
    embedMetal: backend === 'metal',
  };
}

/**
 * OpenBLAS is never picked up because it happens to be installed: what is built must not depend on that.
 * @param {NodeJS.Platform} platform
 * @param {string} cpuArch
 * @param {string|undefined} asked
 */
function chooseBackend(platform, cpuArch, asked) {
  if (asked) {
    if (!BACKENDS.includes(asked)) {
      throw new EngineBuildError(
        'ENGINE_BAD_OPTION',
        `SURTITLE_ENGINE_BACKEND is "${asked}"; it must be one of ${BACKENDS.join(', ')}. For CUDA see BYOL.`,
      );
    }
    return /** @type {'cpu'|'accelerate'|'metal'|'openblas'} */ (asked);
  }
  if (platform !== 'darwin') return 'cpu';
  return cpuArch === 'arm64' ? 'metal' : 'accelerate';
}

/**
 * @param {NodeJS.Platform} platform
 * @param {string} cpuArch
 * @param {string} arch
 * @returns {string[]}
 */
function gnuArchFlags(platform, cpuArch, arch) {
  if (cpuArch === 'x64' || cpuArch === 'ia32') return [`-march=${arch}`];
  if (cpuArch === 'arm64') {
    // Apple's compiler already targets the M1 and knows no better word for "this machine".
    if (platform === 'darwin' && arch === 'native') return [];
    return [`-mcpu=${arch}`];
  }
  return arch === 'native' ? [] : [`-march=${arch}`];
}

/**
 * MSVC has no "native": AVX2 is what every machine with Windows 11 has, anything else has to be asked for.
 * @param {string} cpuArch
 * @param {string} arch
 * @returns {string[]}
 */
function msvcArchFlags(cpuArch, arch) {
  if (cpuArch !== 'x64') return [];
  const bySetting = {
    native: 'AVX2',
    'x86-64-v3': 'AVX2',
    'x86-64-v4': 'AVX512',
    'x86-64-v2': null,
    'x86-64': null,
  };
  const set = arch in bySetting ? bySetting[/** @type {keyof typeof bySetting} */ (arch)] : arch;
  // MSVC does not announce FMA and F16C, which come with AVX2; ggml asks for the macros.
  if (set === null) return [];
  return [`/arch:${set}`, '/D__FMA__', '/D__F16C__'];
}

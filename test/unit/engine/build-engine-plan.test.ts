import { describe, expect, it } from 'vitest';

interface Plan {
  sources: string[];
  defines: string[];
  archFlags: string[];
  linkInputs: string[];
  backend: string;
  embedMetal: boolean;
}
interface Machine {
  platform: NodeJS.Platform;
  cpuArch: string;
  env: Record<string, string | undefined>;
}

// The build scripts are plain JavaScript, since they run before anything is compiled.
const planModule = new URL('../../../scripts/engine/plan.mjs', import.meta.url).href;
const helpModule = new URL('../../../scripts/engine/help.mjs', import.meta.url).href;
const { engineBuildPlan } = (await import(planModule)) as { engineBuildPlan(machine: Machine): Plan };
const { noCompilerMessage } = (await import(helpModule)) as {
  noCompilerMessage(platform: NodeJS.Platform, tried?: string[]): string;
};

function plan(platform: NodeJS.Platform, cpuArch: string, env: Record<string, string> = {}): Plan {
  return engineBuildPlan({ platform, cpuArch, env });
}

describe('the plan of an engine build', () => {
  it('on a PC uses the instruction set of this machine', () => {
    expect(plan('linux', 'x64')).toMatchObject({
      backend: 'cpu',
      archFlags: ['-march=native'],
      linkInputs: [],
    });
    expect(plan('linux', 'arm64').archFlags).toEqual(['-mcpu=native']);
  });

  it('for a package uses the instruction set it is told', () => {
    expect(plan('linux', 'x64', { SURTITLE_ENGINE_ARCH: 'x86-64-v3' }).archFlags).toEqual([
      '-march=x86-64-v3',
    ]);
    expect(plan('win32', 'x64', { SURTITLE_ENGINE_ARCH: 'x86-64' }).archFlags).toEqual([]);
  });

  it('on Apple silicon takes Metal, with the shaders inside the addon', () => {
    const metal = plan('darwin', 'arm64');
    expect(metal).toMatchObject({ backend: 'metal', embedMetal: true });
    expect(metal.defines).toContain('GGML_USE_METAL');
    expect(metal.sources).toContain('whisper.cpp/ggml/src/ggml-metal.m');
    expect(metal.linkInputs.join(' ')).toContain('-framework Metal');
  });

  it('on an Intel Mac takes Accelerate', () => {
    const accelerate = plan('darwin', 'x64');
    expect(accelerate).toMatchObject({ backend: 'accelerate', embedMetal: false });
    expect(accelerate.linkInputs.join(' ')).toContain('-framework Accelerate');
    expect(accelerate.defines).not.toContain('GGML_USE_METAL');
  });

  it('declares the GNU functions that ggml uses on Linux', () => {
    expect(plan('linux', 'x64').defines).toContain('_GNU_SOURCE');
  });

  it('takes OpenBLAS only when asked', () => {
    expect(plan('linux', 'x64', { SURTITLE_ENGINE_BACKEND: 'openblas' })).toMatchObject({
      backend: 'openblas',
      linkInputs: ['-lopenblas'],
    });
    expect(() => plan('linux', 'x64', { SURTITLE_ENGINE_BACKEND: 'cuda' })).toThrow(/BYOL/);
  });

  it('with a library of the user compiles only the binding', () => {
    const byol = plan('linux', 'x64', { BYOL: '/opt/libwhisper.a -lcudart' });
    expect(byol).toMatchObject({ backend: 'byol', linkInputs: ['/opt/libwhisper.a', '-lcudart'] });
    expect(byol.sources.every((source) => source.startsWith('src/binding/'))).toBe(true);
    expect(byol.defines).toContain('SURTITLE_STOCK_WHISPER');
  });
});

describe('the message without a compiler', () => {
  it("begins with the platform's own command and still lists the others", () => {
    const message = noCompilerMessage('darwin');
    expect(message.indexOf('xcode-select --install')).toBeLessThan(message.indexOf('apt-get'));
    expect(message).toContain('ENGINE_NO_COMPILER');
    expect(message).toContain('SURTITLE_SKIP_ENGINE_BUILD=1');
  });

  it('lists everything on a platform it does not know', () => {
    expect(noCompilerMessage('freebsd')).toContain('build-essential');
  });

  it('says what was tried', () => {
    expect(noCompilerMessage('linux', ['cc', 'gcc'])).toContain('tried: gcc');
  });
});

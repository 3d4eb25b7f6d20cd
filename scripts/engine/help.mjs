/** What to install where there is no C/C++ compiler, per platform. Each line can be pasted as it is. */
const INSTALL_LINES = {
  linux: [
    'Debian, Ubuntu:  sudo apt-get install build-essential',
    'Fedora, RHEL:    sudo dnf install gcc gcc-c++',
    'Arch:            sudo pacman -S --needed base-devel',
    'Alpine:          apk add build-base linux-headers',
    'openSUSE:        sudo zypper install gcc gcc-c++',
  ],
  darwin: ['macOS:           xcode-select --install'],
  win32: [
    'Windows:         winget install Microsoft.VisualStudio.2022.BuildTools --override "--wait --passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended"',
  ],
};

/**
 * The message shown where no working compiler was found.
 * @param {NodeJS.Platform} platform whose commands come first (the others follow)
 * @param {string[]} tried what was looked for and how it failed, one line each
 * @returns {string}
 */
export function noCompilerMessage(platform, tried = []) {
  const own = INSTALL_LINES[platform] ?? [];
  const others = Object.entries(INSTALL_LINES)
    .filter(([name]) => name !== platform)
    .flatMap(([, lines]) => lines);
  return [
    'ENGINE_NO_COMPILER: the speech engine is compiled on your machine, and no working C/C++ compiler was found.',
    ...tried.map((line) => `  tried: ${line}`),
    'Install one, then run `npm run build:engine`:',
    ...(own.length > 0 ? own : others).map((line) => `  ${line}`),
    ...(own.length > 0 ? ['On other systems:', ...others.map((line) => `  ${line}`)] : []),
    'A compiler elsewhere can be named with CC and CXX. To install without the engine, set SURTITLE_SKIP_ENGINE_BUILD=1.',
  ].join('\n');
}

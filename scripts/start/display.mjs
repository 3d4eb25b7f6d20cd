/**
 * Why no window can be opened here; `null` where one can.
 * @param {string} platform
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export function whyNoDisplay(platform, environment) {
  if (platform === 'win32' || platform === 'darwin') return null;
  return environment.DISPLAY || environment.WAYLAND_DISPLAY ? null : 'There is no display here.';
}

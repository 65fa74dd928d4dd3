// SPDX-License-Identifier: Apache-2.0

/**
 * What may show a page here, best first: what BROWSER names, then what the desktop prefers. Without a display only the first,
 * which may reach one elsewhere.
 */
export function browserCommands(env: NodeJS.ProcessEnv): readonly (readonly [string, ...string[]])[] {
  const named = (env['BROWSER'] ?? '').split(':').flatMap((text) => {
    const [file, ...args] = text.split(/\s+/).filter((word) => word !== '');
    return file === undefined ? [] : [[file, ...args] as const];
  });
  const hasDisplay = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((value) => value !== undefined && value !== '');
  return hasDisplay ? [...named, ['xdg-open'], ['firefox'], ['chromium']] : named;
}

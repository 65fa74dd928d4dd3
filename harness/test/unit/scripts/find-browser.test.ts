// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findBrowser } from '../../browser/find-browser.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-browser-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What scripts/bootstrap finds with these programs alone; what it does not find, it installs. */
async function foundByBootstrap(): Promise<string> {
  const line = /^find_browser\(\) .*$/m.exec(await readFile('scripts/bootstrap', 'utf8'))?.[0] ?? '';
  return execFileSync('/bin/bash', ['--norc', '-c', `${line}; find_browser`], {
    env: { PATH: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

it.each(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'])(
  'the tests and bootstrap both take %s',
  async (name) => {
    const path = join(folder, name);
    await writeFile(path, '#!/bin/sh\n');
    await chmod(path, 0o755);
    expect(findBrowser(`/nowhere::${folder}`)).toBe(path);
    expect(await foundByBootstrap()).toBe(path);
  },
);

it('without one the tests fail and say what installs it, and bootstrap finds none', async () => {
  await writeFile(join(folder, 'chromium'), 'no program');
  expect(() => findBrowser(folder)).toThrow(
    /none of chromium, .* is in PATH; scripts\/bootstrap test installs chromium/,
  );
  await rm(join(folder, 'chromium'));
  expect(await foundByBootstrap()).toBe('');
});

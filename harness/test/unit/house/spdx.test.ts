// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesBelow, isTypeScript } from './tree.js';

const harnessLicense = 'Apache-2.0';
/** Of what is loaded into a kernel (bpf/LICENSE). */
const kernelLicense = '(GPL-2.0-only OR BSD-3-Clause)';

/** The license that a file states on its first line, or below its `#!`; null when it states none. */
function licenseOf(text: string): string | null {
  const [first = '', second = ''] = text.split('\n');
  const line = first.startsWith('#!') ? second : first;
  return /^(?:\/\/|\/\*|#) SPDX-License-Identifier: (.+?)(?: \*\/)?$/.exec(line)?.[1] ?? null;
}

const wrong = (paths: readonly string[], allowed: readonly string[]): readonly string[] =>
  paths.flatMap((path) => {
    const license = licenseOf(readFileSync(path, 'utf8'));
    return license !== null && allowed.includes(license) ? [] : [`${path}: ${license ?? 'no SPDX line'}`];
  });

const inRoot = (ending: RegExp): readonly string[] => readdirSync('.').filter((name) => ending.test(name));

describe('every source file states its license', () => {
  it.each([
    ['TypeScript', [...filesBelow('harness', isTypeScript), ...inRoot(/\.ts$/)], 300],
    ['CSS', filesBelow('harness', (path) => path.endsWith('.css')), 1],
    ['JavaScript', [...inRoot(/\.js$/), ...filesBelow('scripts', (path) => path.endsWith('.js'))], 3],
    ['shell', ['.ci/run', ...filesBelow('scripts', (path) => !/\.[^/]*$/.test(path))], 7],
  ])('%s', (_, paths, atLeast) => {
    expect(paths.length).toBeGreaterThanOrEqual(atLeast);
    expect(wrong(paths, [harnessLicense])).toEqual([]);
  });

  it('C, Make', () => {
    const paths = filesBelow('bpf', (path) => /\.(c|h|mk)$|\/Makefile$/.test(path));
    const inKernel = paths.filter((path) => /\.bpf\.[ch]$/.test(path));
    expect(paths.length).toBeGreaterThan(200);
    expect(inKernel.length).toBeGreaterThan(50);
    expect(wrong(inKernel, [kernelLicense])).toEqual([]);
    // A header may be one that both sides include.
    expect(wrong(paths, [harnessLicense, kernelLicense])).toEqual([]);
  });
});

describe('licenseOf', () => {
  it.each([
    ['// SPDX-License-Identifier: Apache-2.0\n', 'Apache-2.0'],
    ['/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */\n', kernelLicense],
    ['#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n', 'Apache-2.0'],
    ['# SPDX-License-Identifier: Apache-2.0\n#!/bin/sh\n', 'Apache-2.0'],
    ['const a = 1;\n// SPDX-License-Identifier: Apache-2.0\n', null],
    ['#!/bin/sh\n\n# SPDX-License-Identifier: Apache-2.0\n', null],
    ['// SPDX: Apache-2.0\n', null],
    ['', null],
  ])('of %j is %j', (text, license) => {
    expect(licenseOf(text)).toBe(license);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { shellWord } from '../proc/shell-quote.js';

/** Flags that say what is tested and on which machines; which kernels and scenarios, a finding says itself. */
const told = [
  'config',
  'kernelImage',
  'object',
  'clang',
  'withoutCapability',
  'lsm',
  'append',
  'memory',
  'backend',
] as const;

/** What commander fills in where nothing is given. */
const defaults: Readonly<Record<string, string>> = { memory: '256', backend: 'qemu' };

/** The flags of a run with which it is asked again, as a shell takes them: `--config a.json`. */
export function givenFlags(flags: Readonly<Record<string, unknown>>): readonly string[] {
  return told.flatMap((name) => {
    const values = [flags[name]].flat().filter((value): value is string => typeof value === 'string');
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return values.filter((value) => value !== defaults[name]).map((value) => `${flag} ${shellWord(value)}`);
  });
}

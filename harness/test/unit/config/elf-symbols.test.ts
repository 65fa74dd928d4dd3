// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { elfProgramNames } from '../../../config/elf-symbols.js';

it.each([
  ['healthy', ['healthy_open', 'healthy_openat']],
  ['reject_name', ['deny-all']],
  // A function of .text is no program.
  ['reject_stack_limit', ['deep']],
])('%s: %j', async (object, names) => {
  expect([...elfProgramNames(await readFile(`build/variants/${object}.bpf.o`))].sort()).toEqual(names);
});

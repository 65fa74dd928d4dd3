// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';

/** Who a script asks to be run by: a program's name, with the words it is given; null for no script, or a plain shell's. */
export interface Shebang {
  readonly program: string;
  readonly words: readonly string[];
}

/** `#!/bin/bash -eu`, `#!/usr/bin/env bash`. A plain sh is in every guest that has tools. */
export function shebangOf(bytes: Uint8Array): Shebang | null {
  const [line = ''] = Buffer.from(bytes.subarray(0, 256)).toString('latin1').split('\n');
  const [, all = ''] = /^#!\s*(\S.*)$/.exec(line.trimEnd()) ?? [];
  const words = all.split(/\s+/).filter((word) => word !== '' && word !== '-S');
  const [program = '', ...rest] = basename(words[0] ?? '') === 'env' ? words.slice(1) : words;
  const name = basename(program);
  return name === '' || name === 'sh' || name === 'ash' ? null : { program: name, words: rest };
}

// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { collectOption, type CommonFlags, timeoutOption, withMachineFlags } from './common-flags.js';

/** Flags of every command that loads objects. */
export interface LoaderFlags {
  readonly withoutCapability?: readonly string[];
  readonly libbpf?: string;
}

/** Flags of every command that loads objects into machines and proves nothing. */
export interface LoadFlags extends CommonFlags, LoaderFlags {
  readonly timeout: string;
}

export const withoutCapability = '--without-capability';

export function withLoaderFlags(command: Command): Command {
  return command
    .option(
      `${withoutCapability} <names>`,
      'load as a loader that lacks these: perfmon,sys_admin (capabilities(7)); repeatable',
      collectOption,
    )
    .option(
      '--libbpf <version>',
      'load with another libbpf: a pinned version, a folder or an archive (docs/libbpf.md)',
    );
}

/** How objects are loaded, in which machines. */
export function withLoadFlags(command: Command): Command {
  return withMachineFlags(withLoaderFlags(command)).addOption(timeoutOption());
}

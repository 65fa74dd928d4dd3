// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import type { ExitCode } from '../../../model/exit-code.js';
import { defaultBaseline } from '../../common-flags.js';
import type { CliContext } from '../../context.js';

/** What commander hands over for `manifest`. */
export interface ManifestFlags {
  readonly baseline: string;
  readonly config?: string;
  readonly object?: string;
}

const help = `
Examples:
  $ npm run matrix -- manifest check                  before a commit: is the baseline about this object
  $ npm run matrix -- --update                        write the baseline again, which boots every kernel

Exit codes: 0 they match, 1 they do not, 2 there is no baseline or no object
`;

/** `manifest check`. */
export function manifestCommand(cli: CliContext, exit: (code: ExitCode) => void): Command {
  const check = new Command('check')
    .description('compare the programs of the baseline with those of the built object; boots nothing')
    .option('--baseline <dir>', 'folder of manifests', defaultBaseline)
    .option('-o, --object <file>', 'BPF object to look at instead of the configured one')
    .option('--config <file>', 'configuration file (default: matrix.config.json, where there is one)')
    .addHelpText('after', help)
    .action(async (flags: ManifestFlags) => {
      const { checkManifest } = await import('./manifest.js');
      exit(await checkManifest(flags, cli));
    });
  return new Command('manifest').description('what a run is compared with (docs/manifest.md)').addCommand(check);
}

// SPDX-License-Identifier: Apache-2.0
import { type Only, parseOnly } from '../../../config/only.js';
import { defaultContract } from '../../../contracts/registry.js';
import { ExitCode } from '../../../model/exit-code.js';
import { checkClasses } from '../../../model/check.js';
import { tableSpan, tableLines } from '../../../report/views/table.js';
import { scenarioCatalogue } from '../../../scenarios/catalogue.js';
import type { ScenariosFlags } from './flags.js';
import type { CliContext } from '../../context.js';

type Entry = ReturnType<typeof scenarioCatalogue>[number];

/** `scenarios list`. */
export function printScenarios(flags: ScenariosFlags, { stdout }: CliContext): ExitCode {
  const entries = selected(parseOnly('--only', flags.only));
  stdout.write(flags.json === true ? `${JSON.stringify(entries, null, 2)}\n` : table(entries, stdout));
  return ExitCode.ok;
}

function selected(only: Only): readonly Entry[] {
  if (only === 'none') return [];
  return scenarioCatalogue(defaultContract).filter((entry) => only === 'all' || only.has(entry.class));
}

/** A block a class, in the order of the columns of a summary. */
function table(entries: readonly Entry[], stdout: NodeJS.WriteStream): string {
  const columns = stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY;
  const blocks = checkClasses.flatMap((name) => {
    const own = entries.filter((entry) => entry.class === name);
    if (own.length === 0) return [];
    const rows = own.map(({ scenario, environments, attempt }) => [scenario, environments.join(', '), attempt ?? '-']);
    return [
      `${name} (${own.length})`,
      ...tableLines(
        rows.map((row) => row.map((text) => tableSpan(text))),
        2,
        columns,
      ),
      '',
    ];
  });
  return [...blocks, `${entries.length} scenarios`, ''].join('\n');
}

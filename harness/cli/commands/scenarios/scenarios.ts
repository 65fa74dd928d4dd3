// SPDX-License-Identifier: Apache-2.0
import { type Only, parseOnly } from '../../../config/only.js';
import { agentChoices } from '../../../config/agent.js';
import { readConfig } from '../../../config/file.js';
import { parseChoice } from '../../../config/values.js';
import type { Contract } from '../../../contracts/contract.js';
import { contractNamed, conventions } from '../../../contracts/registry.js';
import { contractNames } from '../../../model/contract-names.js';
import { UsageError } from '../../../model/errors.js';
import { ExitCode } from '../../../model/exit-code.js';
import { checkClasses } from '../../../model/check.js';
import { tableSpan, tableLines } from '../../../report/views/table.js';
import { scenarioCatalogue } from '../../../scenarios/catalogue.js';
import type { ScenariosFlags } from './flags.js';
import type { CliContext } from '../../context.js';

type Entry = ReturnType<typeof scenarioCatalogue>[number] & { readonly contract: string };

/** `scenarios list`. */
export async function printScenarios(flags: ScenariosFlags, { stdout }: CliContext): Promise<ExitCode> {
  const only = parseOnly('--only', flags.only);
  const lists = (await contractsOf(flags)).map((contract) => ({ contract, entries: selected(contract, only) }));
  const texts = lists.map(({ contract: { name }, entries }) =>
    lists.length === 1 ? table(entries, stdout) : `contract ${name}\n\n${table(entries, stdout)}`,
  );
  const all = lists.flatMap(({ entries }) => entries);
  stdout.write(flags.json === true ? `${JSON.stringify(all, null, 2)}\n` : texts.join('\n'));
  return ExitCode.ok;
}

/** The one that is named, or those of the agents of the configuration. */
async function contractsOf({ contract, config }: ScenariosFlags): Promise<readonly Contract[]> {
  if (contract === undefined) {
    const choices = agentChoices(await readConfig(config ?? null, conventions), conventions);
    const names = choices.map((one) => one.config.agent?.contract ?? one.conventions[0].contract);
    return [...new Set(names)].map(contractNamed);
  }
  if (config === undefined) return [contractNamed(parseChoice('--contract', contract, contractNames))];
  throw new UsageError({
    message: '--contract and --config both say whose scenarios are listed',
    next: 'leave one of the two out',
  });
}

function selected(contract: Contract, only: Only): readonly Entry[] {
  if (only === 'none') return [];
  return scenarioCatalogue(contract)
    .filter((entry) => only === 'all' || only.has(entry.class))
    .map((entry) => ({ contract: contract.name, ...entry }));
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

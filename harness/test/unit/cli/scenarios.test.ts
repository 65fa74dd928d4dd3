// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { scenariosCommand } from '../../../cli/commands/scenarios/flags.js';
import type { CliContext } from '../../../cli/context.js';
import { aegis } from '../../../contracts/aegis/index.js';
import { checkClasses } from '../../../model/check.js';
import { scenarioCatalogue } from '../../../scenarios/catalogue.js';

async function listed(...flags: string[]): Promise<string> {
  let text = '';
  const stdout = { isTTY: false, write: (part: string) => (text += part) };
  const program = new Command().exitOverride();
  program.addCommand(scenariosCommand({ stdout } as unknown as CliContext, () => undefined));
  await program.parseAsync(['scenarios', 'list', ...flags], { from: 'user' });
  return text;
}

it('lists every scenario under its class', async () => {
  const text = await listed();
  for (const name of checkClasses) expect(text).toMatch(new RegExp(`^${name} \\(\\d+\\)$`, 'm'));
  expect(text).toContain(`\n${scenarioCatalogue(aegis).length} scenarios\n`);
});

it('lists the classes that are asked for', async () => {
  const text = await listed('--only', 'ptrace');
  expect(text).toMatch(/^ptrace \(\d+\)\n/);
  expect(text).not.toContain('network (');
});

it('speaks JSON', async () => {
  const entries = JSON.parse(await listed('--json', '--only', 'file,bpf')) as {
    class: string;
    environments: string[];
  }[];
  expect(new Set(entries.map((entry) => entry.class))).toEqual(new Set(['file', 'bpf']));
  expect(entries[0]?.environments).toContain('lsm');
});

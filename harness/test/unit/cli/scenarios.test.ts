// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { scenariosCommand } from '../../../cli/commands/scenarios/flags.js';
import type { CliContext } from '../../../cli/context.js';
import { aegis } from '../../../contracts/aegis/index.js';
import { audit } from '../../../contracts/audit/index.js';
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

it('lists those of another contract, and of each agent of a configuration', async () => {
  const own = await listed('--contract', 'audit');
  expect(own).toContain(`\n${scenarioCatalogue(audit).length} scenarios\n`);
  expect(own).not.toContain('ptrace (');
  expect(await listed('--config', 'docs/examples/lsmaudit.json')).toBe(own);
  const both = await listed('--config', 'docs/examples/both-contracts.json');
  expect(both).toBe(`contract aegis\n\n${await listed()}\ncontract audit\n\n${own}`);
  const entries = JSON.parse(await listed('--config', 'docs/examples/both-contracts.json', '--json')) as {
    contract: string;
  }[];
  expect([...new Set(entries.map(({ contract }) => contract))]).toEqual(['aegis', 'audit']);
});

it('refuses a contract that there is not, and two answers to one question', async () => {
  await expect(listed('--contract', 'watch')).rejects.toMatchObject({
    message: expect.stringContaining('aegis, audit') as string,
  });
  await expect(listed('--contract', 'audit', '--config', 'x.json')).rejects.toMatchObject({
    next: 'leave one of the two out',
  });
});

it('speaks JSON', async () => {
  const entries = JSON.parse(await listed('--json', '--only', 'file,bpf')) as {
    class: string;
    environments: string[];
  }[];
  expect(new Set(entries.map((entry) => entry.class))).toEqual(new Set(['file', 'bpf']));
  expect(entries[0]?.environments).toContain('lsm');
});

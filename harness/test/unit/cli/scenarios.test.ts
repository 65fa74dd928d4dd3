import { Command } from 'commander';
import { expect, it } from 'vitest';
import { scenariosCommand } from '../../../cli/scenarios.js';
import type { Surroundings } from '../../../cli/surroundings.js';
import { checkClasses } from '../../../model/check.js';
import { catalogue } from '../../../scenarios/catalogue.js';

function listed(...flags: string[]): string {
  let text = '';
  const stdout = { isTTY: false, write: (part: string) => (text += part) };
  const program = new Command().exitOverride();
  program.addCommand(scenariosCommand({ stdout } as unknown as Surroundings, () => undefined));
  program.parse(['scenarios', 'list', ...flags], { from: 'user' });
  return text;
}

it('lists every scenario under its class', () => {
  const text = listed();
  for (const name of checkClasses) expect(text).toMatch(new RegExp(`^${name} \\(\\d+\\)$`, 'm'));
  expect(text).toContain(`\n${catalogue().length} scenarios\n`);
});

it('lists the classes that are asked for', () => {
  const text = listed('--only', 'ptrace');
  expect(text).toMatch(/^ptrace \(\d+\)\n/);
  expect(text).not.toContain('network (');
});

it('speaks JSON', () => {
  const entries = JSON.parse(listed('--json', '--only', 'file,bpf')) as { class: string; settings: string[] }[];
  expect(new Set(entries.map((entry) => entry.class))).toEqual(new Set(['file', 'bpf']));
  expect(entries[0]?.settings).toContain('lsm');
});

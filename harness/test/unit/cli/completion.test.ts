// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { completionCommand } from '../../../cli/commands/completion.js';
import { matrixCommand } from '../../../cli/commands/run/flags.js';
import type { CliContext } from '../../../cli/context.js';

async function script(shell: string): Promise<string> {
  let text = '';
  const stdout = { write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
  const program = new Command('bpf-matrix').exitOverride();
  program.addCommand(matrixCommand({} as CliContext, () => undefined));
  program.addCommand(new Command('scenarios').addCommand(new Command('list').option('--other')));
  program.addCommand(completionCommand(program, stdout));
  await program.parseAsync(['completion', shell], { from: 'user' });
  return text;
}

/** What bash offers after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const list = words.map((word) => `'${word}'`).join(' ');
  const tail = `COMP_WORDS=(bpf-matrix ${list}); COMP_CWORD=${words.length}; _bpf_matrix; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', `${await script('bash')}\n${tail}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

it('offers commands, flags of all of them, classes, kernels and the words of a group', async () => {
  expect(await offered('')).toEqual(expect.arrayContaining(['run', 'scenarios', '--only', '--repeat', '--other']));
  expect(await offered('--only', 'net')).toEqual(['network']);
  expect(await offered('--only', 'lo')).toEqual(['load']);
  expect(await offered('-k', '6.1')).toContain('6.12');
  expect(await offered('scenarios', '')).toEqual(['list']);
  expect(await offered('')).toContain('--clang');
  expect(await offered('bisect', 'README')).toEqual(['README.md']);
  expect(await offered('merge', 'README')).toEqual(['README.md']);
  expect(await offered('--shard-t')).toEqual(['--shard-times']);
  expect(await offered('--measure', 'cold-f')).toEqual(['cold-first']);
  expect(await offered('--backend', '')).toEqual(['qemu', 'virtme-ng']);
  expect(await offered('--contract', 'au')).toEqual(['audit']);
  expect(await offered('--without-capability', 'perf')).toEqual(['perfmon']);
});

it('speaks fish', async () => {
  const text = await script('fish');
  expect(text).toContain("'__fish_seen_subcommand_from scenarios' -a 'list'");
  expect(text).toContain('-l repeat');
});

// SPDX-License-Identifier: Apache-2.0
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

/** What is read before a command is known, and so by every command line: paths from the package's root. */
async function readAtStart(): Promise<readonly string[]> {
  const bundle = await rolldown({ input: 'harness/cli/program.ts', platform: 'node', logLevel: 'silent' });
  const groups = [{ name: 'start', tags: ['$initial' as const] }];
  const { output } = await bundle.generate({ codeSplitting: { groups } });
  await bundle.close();
  const start = output.find((file) => file.type === 'chunk' && file.name === 'start');
  if (start?.type !== 'chunk') throw new Error('there is no chunk of that name');
  return start.moduleIds.map((id) => id.replace(`${process.cwd()}/`, ''));
}

it('reads of libraries commander alone, and of ours no stage, before it knows the command', async () => {
  const files = await readAtStart();
  const libraries = files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  expect([...new Set(libraries)]).toEqual(['commander']);
  const folders = files.flatMap((file) => /^harness\/(\w+)\//.exec(file)?.[1] ?? []);
  expect([...new Set(folders)].sort()).toEqual(['cli', 'config', 'kernels', 'model', 'report']);
  expect(files.filter((file) => /^harness\/(config|kernels|report)\//.test(file)).sort()).toEqual([
    'harness/config/values.ts',
    // A table without an import, for the variables that --help tells of.
    'harness/kernels/families.ts',
    'harness/kernels/package-root.ts',
    'harness/report/errors.ts',
    'harness/report/names.ts',
  ]);
});

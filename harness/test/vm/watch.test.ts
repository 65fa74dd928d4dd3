// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChangeRow } from '../../verdict/compare-runs.js';
import type { ReasonGroup } from '../../verdict/compare-kernel.js';
import type { WatchEvent, WatchStep } from '../../report/views/watch-events.js';
import { markOf, qemus } from './qemus.js';

let folder: string;
let child: ChildProcess;
let mark: string;
let output: string;
let errors: string;

/** Of its own: other tests run at the same time, and what they leave for a moment is not ours. */
const temporary = (): string => join(folder, 'tmp');

/** A copy of a variant's source, which the test may edit, and how to build it. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-test-'));
  await cp('bpf', join(folder, 'bpf'), { recursive: true });
  await symlink(resolve('.bootstrap'), join(folder, '.bootstrap'));
  const build = ['make', '-C', 'bpf', join(folder, 'build/variants/layout_barrier.bpf.o')];
  await writeFile(join(folder, 'config.json'), JSON.stringify({ watch: { build, sources: ['bpf/variants'] } }));
  await mkdir(temporary());
});
afterEach(async () => {
  child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function start(kernels: string): void {
  mark = `watch-${process.pid}-${Date.now()}`;
  const object = join(folder, 'build/variants/layout_barrier.bpf.o');
  const args = ['watch', '--json', '-k', kernels, '--object', object, '--config', 'config.json'];
  child = spawn('node', [resolve('dist/harness/cli/main.js'), ...args, '--accel', 'tcg', '--out', 'report'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...markOf(mark), TMPDIR: temporary() },
  });
  output = errors = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
}

const events = (): WatchEvent[] =>
  output
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as WatchEvent);

async function until<T extends WatchEvent['type']>(type: T, count = 1): Promise<Extract<WatchEvent, { type: T }>> {
  const limit = Date.now() + 80_000;
  while (Date.now() < limit) {
    await sleep(20);
    const found = events().filter((event) => event.type === type)[count - 1];
    if (found !== undefined) return found as Extract<WatchEvent, { type: T }>;
    if (child.exitCode !== null) break;
  }
  throw new Error(`no ${type} ${count}: ${output}${errors}`);
}

/** A machine a kernel is kept ready for the next save. */
const machinesWait = (): Promise<void> => expect.poll(() => qemus(mark).length, { timeout: 20_000 }).toBeGreaterThan(0);

const source = (): string => join(folder, 'bpf/variants/layout_barrier.bpf.c');
const edit = async (from: string | RegExp, to: string): Promise<void> =>
  writeFile(source(), (await readFile(source(), 'utf8')).replace(from, to));

/** Where a machine broke: the end of its console, for whoever reads the failure. */
async function consoleEnds({ change }: WatchStep): Promise<string> {
  const ends = change.missing.map(async ({ id, code }) => {
    const text = await readFile(join(folder, 'report/logs', id, 'console.log'), 'utf8').catch(String);
    return [`${id}: ${code}`, ...text.trimEnd().split('\n').slice(-60)].join('\n');
  });
  return (await Promise.all(ends)).join('\n');
}

const lostOn = ({ change }: WatchStep): string[] =>
  change.objects.flatMap(({ kernels }) => kernels.filter(({ lost }) => lost.length > 0).map(({ id }) => id));

it('shows what an edit changes on three kernels, a broken compile, and the way back; Ctrl-C leaves nothing', async () => {
  const good = await readFile(source(), 'utf8');
  start('6.1,6.12,6.17');
  const first = (await until('step')).step;
  expect(first, await consoleEnds(first)).toMatchObject({
    run: 1,
    saved: null,
    change: { missing: [], findings: [] },
  });
  expect(first.change.objects[0]!.kernels.map(({ id, loaded, of }) => [id, loaded, of])).toEqual([
    ['6.1', 7, 7],
    ['6.12', 7, 7],
    ['6.17', 7, 7],
  ]);

  await edit(/asm volatile.*;/, ';');
  const { step } = await until('step', 2);
  expect(lostOn(step)).toEqual(['6.12']);
  const on = (id: string) => step.change.objects[0]!.kernels.find((kernel) => kernel.id === id)!;
  const [{ programs, reason }] = on('6.12').rejected as [ReasonGroup];
  expect([programs.length, reason.code, reason.cause]).toEqual([7, 'VERIFIER_REJECTED', 'lsm-return-range']);
  expect(reason.source!.file).toContain('layout_programs.bpf.h');
  expect(reason.source!.text).toContain('return');
  const [{ now, changed }] = on('6.1').rows as [ChangeRow];
  expect([now.kind, changed]).toEqual(['loaded', true]);

  await edit('return condition', 'retur condition');
  expect((await until('build-failed')).output).toMatch(/layout_barrier\.bpf\.c:\d+:\d+: error: .*retur/);

  await writeFile(source(), good);
  const back = (await until('step', 3)).step;
  // All of it has been loaded before, on each of the three.
  expect([first.known, back.known]).toEqual([0, 21]);
  expect(back.change.objects[0]!.kernels[1]).toMatchObject({ loadedBefore: 0, loaded: 7, rejected: [], still: [] });
  expect(await readdir(join(folder, 'report'))).toContain('run.json');

  await machinesWait();
  child.kill('SIGINT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(qemus(mark)).toEqual([]);
  expect((await readdir(temporary())).filter((name) => name.startsWith('bpf-matrix'))).toEqual([]);
  expect((await readdir(folder)).sort()).toEqual(['.bootstrap', 'bpf', 'build', 'config.json', 'report', 'tmp']);
});

it('replaces a machine that dies while it waits, and gives up one that a later save has overtaken', async () => {
  start('6.12');
  await until('step');
  await machinesWait();
  await sleep(2000);
  for (const pid of qemus(mark)) process.kill(pid, 'SIGKILL');
  await edit(/asm volatile.*;/, ';');
  await sleep(600);
  await edit(';\n\treturn', ';\n\n\treturn');
  const { step } = await until('step', 2);
  expect(step.change.missing).toEqual([]);
  expect(lostOn(step)).toEqual(['6.12']);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(130);
  expect(qemus(mark)).toEqual([]);
});

it('says what it cannot watch, before anything boots', async () => {
  start('no-such-kernel');
  await once(child, 'exit');
  expect([child.exitCode, output]).toEqual([2, '']);
  expect(errors).toContain('no-such-kernel');
});

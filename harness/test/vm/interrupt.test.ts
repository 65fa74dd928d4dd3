// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelOf, matrix, reportOf, temporaryOut } from './matrix.js';
import { markOf, qemus } from './qemus.js';

/** Where these runs have their temporary files, and no other. */
let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'interrupt-test-'));
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

let next = 0;
const uniqueMark = (): string => `interrupt-${process.pid}-${next++}`;

async function until(what: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (what()) return;
    await sleep(20);
  }
  throw new Error('did not come about in time');
}

async function start(mark: string, out: string): Promise<ChildProcess> {
  const child = spawn(
    'node',
    ['dist/harness/cli/main.js', '--kernel', '6.1,6.12', '--cold', '--out', out, '--accel', 'tcg'],
    { stdio: 'ignore', env: { ...process.env, ...markOf(mark), TMPDIR: temporary } },
  );
  // A machine of each kernel at least.
  await until(() => qemus(mark).length > 1, 20_000);
  return child;
}

const leftovers = async (out: string): Promise<string[]> => [
  ...(await readdir(dirname(out))),
  ...(await readdir(temporary)),
];

describe('interrupted', () => {
  it('by one SIGINT: exit 130, no QEMU, no temporary file, the last report untouched', async () => {
    const mark = uniqueMark();
    const first = await matrix(['--only', 'load', '--kernel', '6.12']);
    const before = await readFile(join(first.out, 'run.json'), 'utf8');
    const child = await start(mark, first.out);
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    expect(qemus(mark)).toEqual([]);
    expect(await leftovers(first.out)).toEqual(['report']);
    expect(await readFile(join(first.out, 'run.json'), 'utf8')).toBe(before);
  });

  it('by SIGINT twice: leaves at once, and still leaves nothing', async () => {
    const mark = uniqueMark();
    const out = await temporaryOut();
    const child = await start(mark, out);
    child.kill('SIGINT');
    await sleep(450);
    child.kill('SIGINT');
    await (child.exitCode === null ? once(child, 'exit') : Promise.resolve());
    expect(child.exitCode).toBe(130);
    await until(() => qemus(mark).length === 0, 2000);
    expect(await leftovers(out)).toEqual([]);
  });

  it('by SIGKILL: the kernel takes QEMU along', async () => {
    const mark = uniqueMark();
    const out = await temporaryOut();
    const child = await start(mark, out);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until(() => qemus(mark).length === 0, 2000);
    expect(qemus(mark)).toEqual([]);
  });
});

describe('QEMU killed in the middle', () => {
  it('is QEMU_EXITED by SIGKILL, exit 3, with the console so far', async () => {
    const mark = uniqueMark();
    const running = matrix(['--only', 'load', '--kernel', '6.12', '--cold', '--accel', 'tcg'], markOf(mark));
    await until(() => qemus(mark).length > 0, 20_000);
    await sleep(700);
    for (const pid of qemus(mark)) process.kill(pid, 'SIGKILL');
    const run = await running;
    expect(run.exitCode).toBe(3);
    const kernel = kernelOf(await reportOf(run), '6.12');
    expect(kernel).toMatchObject({ status: 'broken', cause: 'QEMU_EXITED' });
    expect(kernel.detail).toContain('SIGKILL');
    expect(run.stdout).toContain('QEMU_EXITED');
  });
});

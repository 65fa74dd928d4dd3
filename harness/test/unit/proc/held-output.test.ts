// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startManaged } from '../../../proc/managed.js';
import { runProgram } from '../../../proc/run.js';

/** A minute that nobody else sleeps for. */
const minute = `60.${process.pid}`;
/** Starts a child that holds the output, and leaves the group of its parent. */
const escapes = `setsid sleep ${minute} & sleep 0.2;`;

async function sleepers(): Promise<readonly string[]> {
  const { stdout } = await runProgram('ps', ['-eo', 'pid,args']);
  return stdout.split('\n').filter((line) => line.endsWith(`sleep ${minute}`));
}

async function endSleepers(): Promise<void> {
  for (const line of await sleepers()) process.kill(parseInt(line), 'SIGKILL');
}

describe('a program that leaves a child behind which holds its output', () => {
  it('is over with its own end, what it said kept', async () => {
    const started = performance.now();
    const { exitCode, stdout } = await runProgram('/bin/sh', ['-c', `echo said; ${escapes} exit 3`]);
    expect([exitCode, stdout]).toEqual([3, 'said\n']);
    expect(performance.now() - started).toBeLessThan(15_000);
    await endSleepers();
  });

  it('as QEMU takes the child along that is in its group', async () => {
    const child = startManaged('/bin/sh', ['-c', `sleep ${minute} & exit 4`], 2);
    expect(await child.exited).toEqual({ kind: 'exited', code: 4 });
    await sleep(100);
    expect(await sleepers()).toEqual([]);
  });

  it('as QEMU is killed and waited for no longer than for its own end', async () => {
    const child = startManaged('/bin/sh', ['-c', `${escapes} exec sleep 30`], 2);
    await sleep(500);
    const started = performance.now();
    await child.kill();
    expect(await child.exited).toEqual({ kind: 'signalled', signal: 'SIGKILL' });
    expect(performance.now() - started).toBeLessThan(15_000);
    await endSleepers();
  });
});

// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Guest } from '../../../guest/client.js';
import { getFile, putFile } from '../../../guest/files.js';
import { sendSignal, waitForProcess } from '../../../guest/process.js';
import { ProbeTampered, runSealed, sealProgram, spawnSealed, vouch } from '../../../guest/sealed.js';
import { runProgram } from '../../../proc/run.js';
import { buildHostGuest, type HostGuest, startHostGuest } from './host-guest.js';

/** The real probe, sealed by the guest's real operations, on this machine. */
const program = { name: 'attempt', fd: 100, standby: true };
let host: HostGuest;
let guest: Guest;
let probe: Buffer;
const at = (name: string): string => join(host.folder, name);

beforeAll(async () => {
  await buildHostGuest();
  const made = await runProgram('make', ['-C', 'bpf', '-j2', `${process.cwd()}/build/probe/attempt`]);
  expect(made.exitCode, made.stderr).toBe(0);
  probe = await readFile('build/probe/attempt');
}, 120_000);
beforeEach(async () => {
  host = await startHostGuest();
  guest = await host.connect();
  await putFile(guest, at('source'), probe, 0o700);
});
afterEach(() => host.stop());

/** As sealProgram() does it, from a path that this machine lets us write. */
async function seal(): Promise<void> {
  await guest.call('seal', { ...program, path: at('source'), key: guest.secret, standby: 1 });
}

const batch = (...lines: readonly string[]) =>
  runSealed(guest, { program, args: ['batch'], stdin: `${lines.join('\n')}\n`, timeout: 20_000 });

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] === String(parent);
      } catch {
        return false;
      }
    });
}

describe('a sealed program', () => {
  it('answers, by a process that the guest waits for', async () => {
    await seal();
    const { end, lines, whole } = await batch('0\t-\t5000\topen\t/dev/null\tr', '1\t-\t5000\topen\t/no/such/file\tr');
    expect(end).toEqual({ kind: 'exited', status: 0 });
    expect(whole).toBe(true);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ errno: 0 }, { errno: 2 }]);
  });

  it('leaves no file, and nobody can write what it is executed from', async () => {
    await seal();
    await expect(stat(at('source'))).rejects.toThrow('ENOENT');
    const path = `/proc/${host.process.pid}/fd/${program.fd}`;
    expect((await readFile(path)).equals(probe)).toBe(true);
    // Sealed, or busy as long as it is executed: which one is asked first depends on the kernel.
    await expect(writeFile(path, 'mine')).rejects.toThrow(/EPERM|ETXTBSY/);
  });

  it('is not believed when somebody else has written into its output', async () => {
    await seal();
    const out = at('out');
    const { pid, read } = await spawnSealed(guest, {
      program,
      args: ['watch', '/dev/null', '-', '/dev/null', '60000'],
      stdout: out,
    });
    const file = await open(out, 'a');
    await file.write('{"announced":true,"openedBefore":0,"deniedBefore":0,"openedAfter":0,"deniedAfter":9}\n');
    await file.close();
    await sendSignal(guest, pid, 15);
    await waitForProcess(guest, pid, 5000);
    const text = (await getFile(guest, out)).toString();
    expect(() => read(text)).toThrow(ProbeTampered);
  });

  it('that was killed gives no answer, and none that could be taken for one', async () => {
    await seal();
    const [standing] = childrenOf(host.process.pid ?? 0);
    process.kill(standing ?? 0, 'SIGKILL');
    await expect(batch('0\t-\t5000\topen\t/dev/null\tr')).rejects.toMatchObject({ operation: 'run', code: 'system' });
  });

  it('is sealed once, at a descriptor that is free, with one key', async () => {
    await seal();
    await putFile(guest, at('source'), probe, 0o700);
    await expect(seal()).rejects.toMatchObject({ errno: 17 });
    const other = { name: 'other', path: at('source'), fd: 101, standby: 0 };
    await expect(guest.call('seal', { ...other, key: Buffer.alloc(32) })).rejects.toMatchObject({ code: 'badValue' });
    await expect(guest.call('seal', { ...other, key: Buffer.alloc(31) })).rejects.toMatchObject({ code: 'badValue' });
    await expect(guest.call('seal', { ...other, fd: 3, key: guest.secret })).rejects.toMatchObject({
      code: 'badValue',
    });
    await expect(sealProgram(guest, { ...program, fd: 102 }, probe)).rejects.toMatchObject({ code: 'system' });
  });

  it('nobody asked for is nobody', async () => {
    await expect(batch('')).rejects.toMatchObject({ errno: 2 });
  });
});

describe('PID 1', () => {
  it('that cannot watch says why, signed', async () => {
    await seal();
    // Only a machine of its own has a kernel to be watched by: the tests of machines look at that.
    expect(await vouch(guest)).toMatchObject({ watched: false });
  });
});

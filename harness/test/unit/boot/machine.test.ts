// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Machine } from '../../../boot/machine.js';
import { InfraError } from '../../../model/errors.js';
import { machineSpec } from './fixture/spec.js';

/** A stand-in for QEMU: what a real kernel cannot be made to do on demand. Real boots are in test/vm. */
let folder: string;
let abort: AbortController;
const machines: Machine[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machine-test-'));
  abort = new AbortController();
});
afterEach(async () => {
  await Promise.all(machines.splice(0).map((machine) => machine.stop()));
  await rm(folder, { recursive: true });
});

async function machineThat(script: string, deadlines = { boot: 5000, vm: 10_000 }): Promise<Machine> {
  const qemu = join(folder, 'qemu');
  await writeFile(qemu, `#!/bin/bash\n${script}\n`);
  await chmod(qemu, 0o755);
  const machine = new Machine({
    label: '6.1',
    qemu,
    spec: machineSpec(),
    consolePath: join(folder, 'console.log'),
    deadlines,
    signal: abort.signal,
  });
  machines.push(machine);
  return machine;
}

const never = new Promise<never>(() => undefined);
const faultOf = (machine: Machine): Promise<InfraError> =>
  machine.guard(never).then(
    () => Promise.reject(new Error('no fault')),
    (error: unknown) => error as InfraError,
  );

describe('a machine', () => {
  it.each([
    ['KERNEL_PANIC', '[    1.0] Kernel panic - not syncing: test'],
    ['KERNEL_OOPS', '[    1.0] BUG: kernel NULL pointer dereference, address: 0'],
    ['KERNEL_BUG', '[    1.0] kernel BUG at fs/inode.c:1!'],
    ['SOFT_LOCKUP', '[    1.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!'],
    ['RCU_STALL', '[    1.0] rcu: INFO: rcu_sched self-detected stall on CPU'],
  ])('that says %s ends with it, and keeps the trace that follows', async (cause, line) => {
    const machine = await machineThat(`echo '${line}'; sleep 0.02; echo ' trace follows'; exec sleep 60`);
    expect((await faultOf(machine)).infra).toBe(cause);
    expect(machine.console.tail()).toContain(' trace follows');
  });

  it('that has given its last answer is heard out', async () => {
    const broken = await machineThat(`echo 'Oops: 0000'; exec sleep 60`);
    while (broken.sound) await delay(10);
    await expect(broken.hearOut()).rejects.toMatchObject({ infra: 'KERNEL_OOPS' });
    const sound = await machineThat('exec sleep 60');
    await sound.hearOut();
  });

  it('keeps the first of two splats: an oops that becomes a panic is an oops', async () => {
    const machine = await machineThat(`echo 'Oops: 0000'; echo 'Kernel panic - not syncing: Fatal exception'`);
    expect((await faultOf(machine)).infra).toBe('KERNEL_OOPS');
  });

  it('that stays silent ends with BOOT_TIMEOUT and says that the console is empty', async () => {
    const machine = await machineThat('exec sleep 60', { boot: 200, vm: 10_000 });
    const fault = await faultOf(machine);
    expect(fault.infra).toBe('BOOT_TIMEOUT');
    expect(fault.message).toBe('boot: 6.1: no kernel banner within 0.2 s under tcg');
    expect(machine.console.tail()).toEqual(['<empty console>']);
  });

  it('that boots and then hangs ends with VM_TIMEOUT, not BOOT_TIMEOUT', async () => {
    const machine = await machineThat('echo "Linux version 6.1"; exec sleep 60', { boot: 300, vm: 900 });
    await machine.banner;
    expect((await faultOf(machine)).infra).toBe('VM_TIMEOUT');
  });

  it('that is killed says by what', async () => {
    const machine = await machineThat('echo "Linux version 6.1"; kill -9 $$');
    const fault = await faultOf(machine);
    expect(fault.infra).toBe('QEMU_EXITED');
    expect(fault.message).toContain('SIGKILL');
  });

  it('that fails before a word of the kernel tells what QEMU said', async () => {
    const machine = await machineThat('echo "qemu: could not load kernel" >&2; exit 1');
    const fault = await faultOf(machine);
    expect(fault.infra).toBe('QEMU_START');
    expect(fault.message).toContain('could not load kernel');
  });

  it('whose binary is missing is QEMU_START', async () => {
    const machine = await machineThat('exit 0');
    await machine.stop();
    const missing = new Machine({
      label: '6.1',
      qemu: join(folder, 'no-such-qemu'),
      spec: machineSpec({ initramfs: null }),
      consolePath: join(folder, 'c.log'),
      deadlines: { boot: 5000, vm: 5000 },
      signal: abort.signal,
    });
    machines.push(missing);
    expect((await faultOf(missing)).infra).toBe('QEMU_START');
  });

  it("prefers the machine's own words to a broken channel", async () => {
    const machine = await machineThat(`sleep 0.3; echo 'Kernel panic - not syncing: x'; exit 0`);
    const broken = Promise.reject(new InfraError('GUEST_PROTOCOL', { message: 'channel closed' }));
    await expect(machine.guard(broken)).rejects.toMatchObject({ infra: 'KERNEL_PANIC' });
  });

  it('reports a guest that gave up in its own words', async () => {
    const machine = await machineThat(`echo 'bpf-matrix-guest: fatal: no virtio-serial port'; exec sleep 60`);
    const fault = await faultOf(machine);
    expect(fault.infra).toBe('GUEST_SETUP');
    expect(fault.message).toContain('no virtio-serial port');
  });

  it('leaves no process behind, neither on stop nor on abort', async () => {
    const marker = `6${Math.floor(Math.random() * 1e6)}.5`;
    const machine = await machineThat(`echo up; exec sleep ${marker}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pgrep(marker)).not.toBe('');
    abort.abort(new Error('interrupted'));
    await expect(machine.guard(never)).rejects.toThrow('interrupted');
    await machine.stop();
    expect(pgrep(marker)).toBe('');
  });

  it('copies the console byte for byte, control bytes and broken UTF-8 included', async () => {
    const machine = await machineThat(String.raw`printf 'a\x1b[31m\x00\xff\r\nb'; exit 0`);
    await faultOf(machine);
    await machine.stop();
    const bytes = await readFile(join(folder, 'console.log'));
    expect(bytes).toEqual(Buffer.from([97, 27, 91, 51, 49, 109, 0, 255, 13, 10, 98]));
  });
});

function pgrep(marker: string): string {
  try {
    return execFileSync('pgrep', ['-f', `^sleep ${marker}$`]).toString();
  } catch {
    return '';
  }
}

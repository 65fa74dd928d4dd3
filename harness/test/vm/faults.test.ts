// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putFile } from '../../guest/files.js';
import { loadObject } from '../../scenarios/load.js';
import { boot, readyKernel } from './boot.js';
import { type Finished, kernelOf, matrix, objectOf, reportOf, textOf, variant } from './matrix.js';
import { openGuest } from './open-guest.js';

/** What breaks around an agent: each ends with its own code, exit 3, the console in the report. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faults-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function brokenKernel(
  args: readonly string[],
  id = '6.12',
): Promise<{ cause: string; detail: string; tail: string }> {
  const run = await matrix(['--only', 'load', '--accel', 'tcg', ...args]);
  expect([run.exitCode, run.stderr]).toEqual([3, '']);
  const kernel = kernelOf(await reportOf(run), id);
  if (kernel.status !== 'broken') throw new Error(JSON.stringify(kernel));
  expect(run.stdout).toContain(kernel.cause);
  expect(await textOf(run, 'junit.xml')).toMatch(/<error /);
  return { cause: kernel.cause, detail: kernel.detail, tail: kernel.consoleTail.join('\n') };
}

describe('a kernel that breaks in the middle', () => {
  it('panics: KERNEL_PANIC within a second, not a timeout', async () => {
    const { machine, guest, stop } = await openGuest('6.12');
    try {
      const fault = await machine.guard(putFile(guest, '/proc/sysrq-trigger', 'c')).catch((error: unknown) => error);
      expect(fault).toMatchObject({ infra: 'KERNEL_PANIC' });
      expect(machine.console.tail().join('\n')).toContain('sysrq');
    } finally {
      await stop();
    }
  });

  it('is kept busy for ever by the agent: SOFT_LOCKUP', async () => {
    const fault = await brokenKernel([
      '--kernel',
      '6.12',
      '--object',
      variant('kernel_stall'),
      '--append',
      'watchdog_thresh=1',
    ]);
    expect(fault.cause).toBe('SOFT_LOCKUP');
    expect(fault.tail).toContain('bpf_prog');
  });

  it('is kept busy and has no watchdog: RCU_STALL', async () => {
    // The second CPU starts the grace period that the first one never ends.
    const append = ['nosoftlockup', 'rcupdate.rcu_cpu_stall_timeout=3'];
    const { machine, guest, stop } = await boot('6.12', { cpus: 2, append });
    try {
      const bytes = await readFile(variant('kernel_stall'));
      const load = loadObject(await guest, { name: 'stall', bytes, timeout: 60_000 });
      await expect(machine.guard(load)).rejects.toMatchObject({ infra: 'RCU_STALL' });
    } finally {
      await stop();
    }
  });

  it('is kept busy and says nothing: VM_TIMEOUT at --timeout', async () => {
    const quiet = 'nosoftlockup rcupdate.rcu_cpu_stall_suppress=1';
    const fault = await brokenKernel([
      ...['--kernel', '6.12', '--object', variant('kernel_stall'), '--append', quiet, '--timeout', '10'],
    ]);
    expect(fault.cause).toBe('VM_TIMEOUT');
  });

  it('has too little memory for a map: GUEST_MEMORY, not the fault of the object, and --memory helps', async () => {
    const fault = await brokenKernel(['--kernel', '6.12', '--object', variant('map_too_big')]);
    expect(fault.cause).toBe('GUEST_MEMORY');
    expect(fault.detail).toContain('map big: ENOMEM');
    const roomy = await matrix(['--kernel', '6.12', '--object', variant('map_too_big'), '--memory', '1024']);
    expect(roomy.exitCode).toBe(0);
  });

  it('keeps what was proved before: a failure stays exit 1', async () => {
    const objects = ['--object', variant('missing_submit'), '--object', variant('kernel_stall')];
    const run = await matrix(['--kernel', '6.12', '--accel', 'tcg', ...objects, '--append', 'watchdog_thresh=1']);
    const kernel = kernelOf(await reportOf(run), '6.12');
    expect(kernel).toMatchObject({ status: 'broken', cause: 'SOFT_LOCKUP', verdict: { kind: 'fail' } });
    expect(objectOf(kernel, 'missing_submit').verdict).toMatchObject({ code: 'VERIFIER_REJECTED' });
    expect(run.exitCode).toBe(1);
  });

  it('stalls in a restored guest: its snapshot is not used again', async () => {
    const append = ['--append', 'watchdog_thresh=1 bpf_matrix.distrusted'];
    const run = (object: string) => matrix(['--kernel', '6.12', '--object', variant(object), ...append]);
    const starts = async (finished: Finished) => {
      const kernel = kernelOf(await reportOf(finished), '6.12');
      return kernel.status === 'unavailable' ? null : kernel.boot?.start;
    };
    await run('healthy');
    expect(await starts(await run('healthy'))).toBe('restored');
    const stalled = await run('kernel_stall');
    expect(await starts(stalled)).toBe('restored');
    expect(`${stalled.stdout}${stalled.stderr}`).toContain('its snapshot is dropped, the next run boots cold');
    expect(await starts(await run('healthy'))).toBe('cold');
  });
});

describe('a kernel that never gets that far', () => {
  it('hangs before its banner: BOOT_TIMEOUT', async () => {
    const image = join(folder, 'hang');
    const bytes = Buffer.from(await readFile((await readyKernel('6.12')).files.image));
    // Documentation/arch/x86/boot.rst: the protected-mode code follows setup_sects + 1 sectors; `jmp .` at its entries.
    const entry = ((bytes[0x1f1] ?? 4) + 1) * 512;
    for (const offset of [0, 0x200]) bytes.writeUInt16LE(0xfeeb, entry + offset);
    await writeFile(image, bytes);
    const fault = await brokenKernel(['--kernel-image', `hang=${image}`, '--timeout', '3'], 'hang');
    expect(fault.cause).toBe('BOOT_TIMEOUT');
  });

  it('has no virtio and no modules: the guest says so, GUEST_SETUP, with what to do', async () => {
    const image = join(folder, 'bare');
    await copyFile((await readyKernel('6.1')).files.image, image);
    const fault = await brokenKernel(['--kernel-image', `bare=${image}`], 'bare');
    expect(fault.cause).toBe('GUEST_SETUP');
    expect(fault.detail).toContain('virtio');
  });

  it('has an init that never speaks: HELLO_TIMEOUT', async () => {
    const source = join(folder, 'mute.c');
    await writeFile(source, '#include <unistd.h>\nint main(void) { for (;;) pause(); }\n');
    execFileSync('gcc', ['-static', '-o', join(folder, 'mute'), source]);
    const { guest, stop } = await boot('6.12', { init: join(folder, 'mute'), helloMs: 10_000 });
    try {
      await expect(guest).rejects.toMatchObject({ infra: 'HELLO_TIMEOUT' });
    } finally {
      await stop();
    }
  });

  it('has an init that leaves: the panic of the kernel, not a timeout', async () => {
    const source = join(folder, 'leave.c');
    await writeFile(source, 'int main(void) { return 0; }\n');
    execFileSync('gcc', ['-static', '-o', join(folder, 'leave'), source]);
    const { guest, stop } = await boot('6.12', { init: join(folder, 'leave') });
    try {
      await expect(guest).rejects.toMatchObject({ infra: 'KERNEL_PANIC' });
    } finally {
      await stop();
    }
  });

  it('is refused by QEMU: QEMU_START with its message', async () => {
    const run = await matrix(['--only', 'load', '--kernel', '6.12', '--accel', 'tcg'], {
      BPF_MATRIX_QEMU: join(folder, 'none'),
    });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('there is no');
    expect(run.stderr).toContain('BPF_MATRIX_QEMU');
  });
});

describe('--kernel-image', () => {
  it('boots any bzImage under any id, 5.15 too', async () => {
    const { files } = await readyKernel('6.12');
    const run = await matrix(['--kernel-image', `5.15=${files.image}`, '--object', variant('healthy')]);
    expect(run.exitCode).toBe(0);
    const kernel = kernelOf(await reportOf(run), '5.15');
    expect(kernel).toMatchObject({ source: 'file', identity: { lock: 'local' } });
  });

  it('takes the modules of a kernel that has virtio in modules', async () => {
    const { files } = await readyKernel('6.1');
    const image = join(folder, 'vmlinuz-61');
    await copyFile(files.image, image);
    const spec = `old=${image},modules=${files.modules ?? ''}`;
    const run = await matrix(['--kernel-image', spec, '--object', variant('healthy')]);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
  });

  it('refuses what is no kernel, exit 2, before anything boots', async () => {
    const run = await matrix(['--kernel-image', 'x=package.json']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('package.json is no x86-64 kernel');
  });
});

/** A closed port for every protocol: apt reaches nothing, as behind a firewall. */
const cutOff = {
  http_proxy: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  no_proxy: '',
  // Whoever runs the tests may have said otherwise.
  BPF_MATRIX_MIRRORS: 'public',
  // Any keyring will do where no signature ever arrives.
  BPF_MATRIX_UBUNTU_KEYRING: '/usr/share/keyrings/debian-archive-keyring.gpg',
};

describe('a kernel whose archive cannot be reached', () => {
  it('is unavailable: exit 3, says what was tried and what to do', async () => {
    const run = await matrix(['--only', 'load', '--kernel', '5.15'], { ...cutOff, XDG_CACHE_HOME: folder });
    expect(run.exitCode).toBe(3);
    const kernel = kernelOf(await reportOf(run), '5.15');
    if (kernel.status !== 'unavailable') throw new Error(JSON.stringify(kernel));
    expect(kernel.reason).toBe('ARCHIVE_UNREACHABLE');
    expect(kernel.tried.length).toBeGreaterThan(0);
    expect(run.stdout).toContain('ARCHIVE_UNREACHABLE');
    expect(run.stdout).toContain('snapshot');
    expect(run.stdout).toContain('--kernel-image');
    expect(await textOf(run, 'junit.xml')).toMatch(/<error [^>]*ARCHIVE_UNREACHABLE/);
  });

  it('is forgiven by --available when another kernel ran, and only then', async () => {
    const { files } = await readyKernel('6.12');
    const env = { ...cutOff, XDG_CACHE_HOME: folder };
    const other = ['--kernel-image', `own=${files.image}`, '--object', variant('healthy')];
    expect((await matrix(['--only', 'load', '--kernel', '5.15', '--available', ...other], env)).exitCode).toBe(0);
    expect((await matrix(['--only', 'load', '--kernel', '5.15', '--available'], env)).exitCode).toBe(3);
  });
});

describe('usage', () => {
  it.each([
    [['--kernel', '6.99'], /6\.99/],
    [['--object', 'no/such.bpf.o'], /no\/such.bpf.o cannot be read/],
    [['--object', 'package.json'], /package.json is not an ELF file/],
    [['--jobs', 'many'], /--jobs/],
    [['--timeout', 'soon'], /--timeout/],
    [['--accel', 'warp'], /--accel/],
    [['--no-such-flag'], /no-such-flag/],
  ])('%j is exit 2 with one clear error', async (args, message) => {
    const run = await matrix(args);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stderr.split('\n').filter((line) => line.startsWith('error:')).length).toBe(1);
  });
});

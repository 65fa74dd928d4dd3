// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendCommand } from '../../../boot/backend.js';
import { InfraError } from '../../../model/errors.js';
import { parseVngVersion, vngVersion } from '../../../run/vng.js';
import { machineSpec } from './fixture/spec.js';

const spec = machineSpec({
  cpus: 2,
  kernel: '/k/vmlinuz',
  initramfs: '/k/init.cpio',
  cmdline: 'console=ttyS0 lsm=bpf',
});
const backend = { kind: 'virtme-ng', vng: 'vng', version: '1.35', wrapper: '/w/vng-qemu' } as const;
const { signal } = new AbortController();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vng-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('virtme-ng', () => {
  it('is told the same arguments in the same order, always', () => {
    const { program, argv, prefix } = backendCommand(backend, '/bin/qemu', spec);
    expect([program, ...argv].join(' ')).toBe(
      'vng --run /k/vmlinuz --name bpf-matrix --qemu /w/vng-qemu --disable-kvm --disable-microvm --force-9p ' +
        '--skip-modules --disable-monitor --cpus 2 --memory 256M --append loglevel=6 console=ttyS0 lsm=bpf ' +
        '--qemu-opts=-accel tcg,thread=multi -cpu max,-erms,-fsrm -no-reboot -device virtio-serial-pci,id=bpf-matrix ' +
        '-chardev socket,id=rpc,fd=3 -device virtserialport,bus=bpf-matrix.0,chardev=rpc,name=bpf-matrix.rpc ' +
        '-initrd /k/init.cpio',
    );
    expect(prefix, 'what the wrapper starts').toContain('BPF_MATRIX_QEMU=/bin/qemu');
  });

  it('takes KVM as it does by itself, and paths that a shell would take apart', () => {
    const { argv } = backendCommand(backend, 'qemu', { ...spec, accel: 'kvm', kernel: "/a b/it's", initramfs: '/c d' });
    expect(argv).toContain(String.raw`'/a b/it'\''s'`);
    expect(argv.join(' ')).not.toMatch(/disable-kvm|-accel/);
    expect(argv.at(-1)).toContain("-initrd '/c d'");
  });

  it('is not there for a machine of our own', () => {
    expect(backendCommand({ kind: 'qemu' }, '/bin/qemu', spec)).toMatchObject({
      program: '/bin/qemu',
      prefix: [],
    });
  });
});

describe('its version', () => {
  async function vng(words: string): Promise<string> {
    const file = join(folder, 'vng');
    await writeFile(file, `#!/bin/sh\n${words}\n`);
    await chmod(file, 0o755);
    return file;
  }

  async function refusal(file: string): Promise<InfraError> {
    const error: unknown = await vngVersion(file, signal).catch((reason: unknown) => reason);
    if (error instanceof InfraError) return error;
    throw new Error(`not refused: ${String(error)}`);
  }

  it('is what it says, of a release and of a build in between', async () => {
    expect(parseVngVersion('virtme-ng 1.35+8.gd46b4f2\n')).toBe('1.35');
    expect(await vngVersion(await vng('echo virtme-ng 1.40'), signal)).toBe('1.40');
    expect(await vngVersion(await vng('echo virtme-ng 2.0'), signal)).toBe('2.0');
  });

  it.each([
    ['echo virtme-ng 1.22', 'is virtme-ng 1.22, and 1.35 or newer is needed'],
    ['echo hello', 'does not say which virtme-ng it is'],
    ['exit 1', 'does not say which virtme-ng it is'],
  ])('refuses %s: exit 3, with what to do', async (words, why) => {
    const error = await refusal(await vng(words));
    expect(error.message).toContain(why);
    expect([error.exitCode, error.next]).toEqual([3, expect.stringContaining('BPF_MATRIX_VNG')]);
  });

  it('says that there is none', async () => {
    expect((await refusal('/no/such/vng')).message).toBe('boot: --backend virtme-ng: there is no /no/such/vng');
  });
});

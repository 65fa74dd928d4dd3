// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KvmMemo, kvmMemo } from '../../../boot/kvm-memo.js';
import { type AccelRequest, type AccelChoice, chooseAccel } from '../../../boot/accel.js';
import { unnamedTarget } from '../../../target.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accel-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** `device` null: there is none. */
async function choose(
  request: AccelRequest,
  script: string,
  device: string | null = '/dev/null',
  memo: KvmMemo | null = null,
): Promise<AccelChoice> {
  const qemu = join(folder, 'qemu');
  await writeFile(qemu, `#!/bin/bash\n${script}\n`);
  await chmod(qemu, 0o755);
  const signal = new AbortController().signal;
  return chooseAccel(request, {
    qemu,
    sandbox: false,
    kernel: 'vmlinuz',
    target: unnamedTarget,
    signal,
    memo,
    device: device ?? join(folder, 'kvm'),
  });
}

const boots = 'echo "Linux version 6.1.0"; exec sleep 30';

describe('chooseAccel', () => {
  it('takes KVM when a kernel printed its banner under it, and says nothing', async () => {
    expect(await choose('auto', boots)).toEqual({ accel: 'kvm', obstacle: null });
  });

  it('falls back to TCG where there is no device, and says why', async () => {
    const { accel, obstacle } = await choose('auto', boots, null);
    expect(accel).toBe('tcg');
    expect(obstacle).toMatch(/^there is no .*kvm$/);
  });

  it('falls back where the device may not be opened', async () => {
    const blocked = join(folder, 'qemu', 'kvm');
    expect((await choose('auto', boots, blocked)).obstacle).toContain('may not be opened (ENOTDIR)');
  });

  it.each([
    ['dies at once', 'echo "failed to set MSR 0x10a" >&2; exit 1', 'failed to set MSR 0x10a'],
    ['is killed', 'kill -ABRT $$', 'SIGABRT'],
    ['stops before the first kernel line', 'echo "Probing EDD... ok"; exec sleep 30', 'no kernel banner within 1.8 s'],
  ])('falls back within two seconds where KVM %s', async (_, script, words) => {
    const { accel, obstacle } = await choose('auto', script);
    expect(accel).toBe('tcg');
    expect(obstacle).toContain(words);
  });

  const memo = (parts: Partial<Parameters<typeof kvmMemo>[0]> = {}): Promise<KvmMemo> =>
    kvmMemo({ cacheDir: folder, qemu: 'q', qemuVersion: '7.2', kernelSha256: 'k', bootId: 'b', ...parts });
  const dies = 'echo "failed to set MSR 0x10a" >&2; exit 1';

  it('proves KVM once in a boot of the host, whatever came of it', async () => {
    for (const [proof, later, accel] of [
      [dies, boots, 'tcg'],
      [boots, dies, 'kvm'],
    ] as const) {
      await rm(join(folder, 'kvm.json'), { force: true });
      const first = await choose('auto', proof, '/dev/null', await memo());
      expect(first.accel).toBe(accel);
      expect(await choose('auto', later, '/dev/null', await memo())).toEqual(first);
    }
  });

  it.each([
    ['another boot of the host', { bootId: 'other' }],
    ['another QEMU', { qemuVersion: '8' }],
    ['another kernel', { kernelSha256: 'other' }],
  ])('proves it anew for %s', async (_, other) => {
    await choose('auto', dies, '/dev/null', await memo());
    expect((await choose('auto', boots, '/dev/null', await memo(other))).accel).toBe('kvm');
  });

  it('remembers a proof a kernel, as many as there is room for', async () => {
    const of = (kernel: number): Promise<KvmMemo> => memo({ kernelSha256: String(kernel) });
    const proofs = Array.from({ length: 33 }, (_, kernel) => ({ obstacle: `on ${kernel}`, silent: false }));
    for (const [kernel, proof] of proofs.entries()) await (await of(kernel)).remember(proof);
    expect(await (await of(0)).recall()).toBeNull();
    expect(await (await of(1)).recall()).toEqual(proofs[1]);
    expect(await (await of(32)).recall()).toEqual(proofs[32]);
  });

  it('believes silence, which may be a busy host, for an hour', async () => {
    const silent = { obstacle: 'no kernel banner', silent: true };
    await (await memo({ now: () => 0 })).remember(silent);
    expect(await (await memo({ now: () => 3_500_000 })).recall()).toEqual(silent);
    expect(await (await memo({ now: () => 3_700_000 })).recall()).toBeNull();
    await (await memo({ now: () => 0 })).remember({ ...silent, silent: false });
    expect(await (await memo({ now: () => 3_700_000 })).recall()).toEqual({ ...silent, silent: false });
  });

  it('proves it anew when it is asked for by name, when the device is gone, and when the memory is damaged', async () => {
    await choose('auto', boots, '/dev/null', await memo());
    await expect(choose('kvm', dies, '/dev/null', await memo())).rejects.toThrow('does not work');
    expect((await choose('auto', boots, null, await memo())).accel).toBe('tcg');
    await writeFile(join(folder, 'kvm.json'), '{"key":');
    expect((await choose('auto', dies, '/dev/null', await memo())).accel).toBe('tcg');
  });

  it('works without a place to remember', async () => {
    await writeFile(join(folder, 'file'), '');
    const nowhere = await memo({ cacheDir: join(folder, 'file') });
    expect((await choose('auto', boots, '/dev/null', nowhere)).accel).toBe('kvm');
  });

  it('does not replace a KVM that was asked for by name', async () => {
    await expect(choose('kvm', 'exit 1')).rejects.toThrow(/KVM was asked for and does not work/);
  });

  it('does not try KVM when TCG was asked for, and leaves no folder behind', async () => {
    expect(await choose('tcg', 'exit 1')).toEqual({ accel: 'tcg', obstacle: null });
    await choose('auto', 'exit 1');
    expect((await readdir(tmpdir())).filter((name) => name.startsWith(`bpf-matrix-kvm-${process.pid}`))).toEqual([]);
  });
});

import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccelRequest, type AccelChoice, chooseAccel } from '../../../boot/accel.js';

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
): Promise<AccelChoice> {
  const qemu = join(folder, 'qemu');
  await writeFile(qemu, `#!/bin/bash\n${script}\n`);
  await chmod(qemu, 0o755);
  const signal = new AbortController().signal;
  return chooseAccel(request, { qemu, kernel: 'vmlinuz', signal, device: device ?? join(folder, 'kvm') });
}

const boots = 'echo "Linux version 6.1.0"; exec sleep 30';

describe('chooseAccel', () => {
  it('takes KVM when a kernel printed its banner under it, and says nothing', async () => {
    expect(await choose('auto', boots)).toEqual({ accel: 'kvm', notice: null });
  });

  it('falls back to TCG where there is no device, and says why', async () => {
    const { accel, notice } = await choose('auto', boots, null);
    expect(accel).toBe('tcg');
    expect(notice).toMatch(/there is no .*kvm; emulating with TCG$/);
  });

  it('falls back where the device may not be opened', async () => {
    const blocked = join(folder, 'qemu', 'kvm');
    expect((await choose('auto', boots, blocked)).notice).toContain('may not be opened (ENOTDIR)');
  });

  it.each([
    ['dies at once', 'echo "failed to set MSR 0x10a" >&2; exit 1', 'failed to set MSR 0x10a'],
    ['is killed', 'kill -ABRT $$', 'SIGABRT'],
    ['stops before the first kernel line', 'echo "Probing EDD... ok"; exec sleep 30', 'no kernel banner within 1.8 s'],
  ])('falls back within two seconds where KVM %s', async (_, script, words) => {
    const { accel, notice } = await choose('auto', script);
    expect(accel).toBe('tcg');
    expect(notice).toContain(words);
  });

  it('does not replace a KVM that was asked for by name', async () => {
    await expect(choose('kvm', 'exit 1')).rejects.toThrow(/KVM was asked for and does not work/);
  });

  it('does not try KVM when TCG was asked for, and leaves no folder behind', async () => {
    expect(await choose('tcg', 'exit 1')).toEqual({ accel: 'tcg', notice: null });
    await choose('auto', 'exit 1');
    expect((await readdir(tmpdir())).filter((name) => name.startsWith(`bpf-matrix-kvm-${process.pid}`))).toEqual([]);
  });
});

// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtFor } from '../../../config/libbpf.js';
import { guestHosts, loaderFile } from '../../../run/guest-host.js';
import { withScratchFolder } from '../../../proc/temp.js';
import { hostTarget, targetNamed, targetNames } from '../../../target.js';

const other = targetNames.map(targetNamed).find((target) => target !== null && target !== hostTarget) ?? hostTarget;
const backend = { kind: 'qemu' } as const;
const signal = new AbortController().signal;

describe('what guests are started with', () => {
  it('is of the host in the folder itself, of another architecture in one of its name', () => {
    expect(builtFor(hostTarget, '/b')).toBe('/b');
    expect(builtFor(other, '/b')).toBe(`/b/${other.name}`);
    expect(loaderFile(hostTarget, '/b')).toBe(hostTarget.loader);
    expect(loaderFile(other, '/b/x')).toBe('/b/x/loader');
  });

  it('has to be built for an architecture that is asked for', async () => {
    await withScratchFolder('guest-host', async (built) => {
      const asked = guestHosts([`6.12/${other.name}`], { qemu: 'qemu', built, backend }, signal);
      await expect(asked).rejects.toMatchObject({
        message: expect.stringContaining(`nothing is there for guests of ${other.title}`) as unknown,
        next: `run scripts/bootstrap ${other.name}`,
      });
    });
  });

  it('is no business of another program that starts QEMU', async () => {
    const vng = { kind: 'virtme-ng', vng: 'vng', version: '1', wrapper: '/w' } as const;
    const asked = guestHosts([`6.12/${other.name}`], { qemu: 'qemu', built: '/b', backend: vng }, signal);
    await expect(asked).rejects.toThrow(/--backend virtme-ng starts guests of this host's architecture/);
  });

  it("is asked of the host's QEMU without kernels", async () => {
    await withScratchFolder('guest-host', async (built) => {
      const qemu = join(built, 'qemu');
      await mkdir(join(built, 'guest'));
      await writeFile(qemu, '#!/bin/sh\necho QEMU emulator version 9.9.9\n');
      await chmod(qemu, 0o755);
      const hosts = await guestHosts([], { qemu, built, backend }, signal);
      expect(hosts.qemuVersion).toBe('9.9.9');
    });
  });
});

// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { kernelConfigFacts, readGuestFacts } from '../../../guest/facts.js';
import { errorShape } from '../../../guest/messages.js';
import { errorCodes, operations } from '../../../guest/protocol.js';
import { encodeMessage } from '../../../guest/shape.js';
import { fakeGuest, reply } from './fake-guest.js';

const config = 'CONFIG_BPF_LSM=y\n# CONFIG_IMA is not set\nCONFIG_LSM="yama,bpf"\nCONFIG_OVERLAY_FS=m\n';
const sha256 = createHash('sha256').update('btf').digest();

/** A guest with these files; others do not exist. */
async function guestWith(files: Readonly<Record<string, Uint8Array>>): Promise<Guest> {
  let seq = 0;
  const { stream } = fakeGuest(({ name, message }) => {
    seq += 1;
    if (name === 'sysinfo') return reply('sysinfo', { memory: 1024, cpus: 1 });
    const data = 'path' in message ? files[message.path ?? ''] : undefined;
    if (data === undefined) {
      const payload = encodeMessage(errorShape, { code: errorCodes.system, errno: 2, message: 'no such file' });
      return { type: operations.error, seq, payload };
    }
    if (name === 'hash') return reply('hash', { sha256, size: data.length });
    const offset = name === 'get' ? (message.offset ?? 0) : 0;
    return reply('get', { data: data.subarray(offset), size: 0 });
  });
  return Guest.connect(stream, { helloMs: 1000, requestMs: 1000 });
}

describe('facts', () => {
  it('are read from the guest', async () => {
    const guest = await guestWith({
      '/proc/cmdline': Buffer.from('quiet lsm=bpf\n'),
      '/sys/kernel/security/lsm': Buffer.from('capability,bpf'),
      '/sys/kernel/btf/vmlinux': Buffer.from('btf'),
    });
    expect(await readGuestFacts(guest, config)).toMatchObject({
      release: '6.1.0',
      cmdline: 'quiet lsm=bpf',
      lsm: ['capability', 'bpf'],
      btf: { sha256: sha256.toString('hex'), size: 3 },
      libbpf: '1.7.0',
      memory: 1024,
      cpus: 1,
    });
  });

  it('say null where the kernel has nothing', async () => {
    const guest = await guestWith({ '/proc/cmdline': Buffer.from('') });
    expect(await readGuestFacts(guest, null)).toMatchObject({ lsm: null, btf: null, config: null });
  });

  it('take the configuration of the running kernel when none came with it', async () => {
    const guest = await guestWith({ '/proc/cmdline': Buffer.from(''), '/proc/config.gz': gzipSync(config) });
    expect((await readGuestFacts(guest, null)).config).toEqual(kernelConfigFacts(config));
  });
});

describe('a configuration', () => {
  it('has the options that matter, n where one is not set', () => {
    const { options, sha256: hash } = kernelConfigFacts(config);
    expect(options).toMatchObject({
      CONFIG_BPF_LSM: 'y',
      CONFIG_IMA: 'n',
      CONFIG_LSM: 'yama,bpf',
      CONFIG_OVERLAY_FS: 'm',
      CONFIG_BPF_JIT: 'n',
    });
    expect(hash).toBe(createHash('sha256').update(config).digest('hex'));
  });
});

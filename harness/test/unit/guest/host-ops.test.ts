// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../../../guest/client.js';
import {
  getEnds,
  getFile,
  getFileFrom,
  getOutputText,
  getTextIfThere,
  lookAtFiles,
  hashGuestFile,
  putFile,
  removeFile,
  removeIfThere,
} from '../../../guest/files.js';
import { inspectObject } from '../../../guest/inspect.js';
import { loadModule } from '../../../guest/modules.js';
import { lookUpSymbol } from '../../../guest/kernel-names.js';
import { processEndOf, runInGuest, sendSignal, spawnInGuest, waitForProcess } from '../../../guest/process.js';
import { runProgram } from '../../../proc/run.js';
import { buildHostGuest, startHostGuest, type HostGuest } from './host-guest.js';

/** The guest's real operations, on this machine. What needs a kernel of its own is in test/vm. */
let host: HostGuest;
let guest: Guest;
const at = (name: string): string => join(host.folder, name);

beforeAll(async () => {
  await buildHostGuest();
  host = await startHostGuest();
  guest = await host.connect();
}, 120_000);
afterAll(() => host.stop());

function processesOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] === String(parent);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** The state letter of a process; an orphan that has ended may wait (Z) for this machine's init. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0] ?? 'gone';
  } catch {
    return 'gone';
  }
}

describe('the clock', () => {
  it('of the machine that the tests run on is not for the guest to set', async () => {
    const resume = guest.call('resume', { timeUs: 0, entropy: randomBytes(16) });
    await expect(resume).rejects.toMatchObject({ code: 'system', errno: 1 });
  });
});

describe('files that an agent may leave', () => {
  it('without an end are not even opened: they are no regular files', async () => {
    await expect(getFile(guest, '/dev/zero', 2 ** 20)).rejects.toMatchObject({ code: 'system', errno: 22 });
    await expect(getFileFrom(guest, '/dev/zero', 0, 3_000_000)).rejects.toMatchObject({ errno: 22 });
    expect(await getOutputText(guest, '/dev/zero')).toBe('');
  });

  it('are looked at, and not opened', async () => {
    await writeFile(at('looked-at'), '12345');
    const seen = await lookAtFiles(guest, [at('looked-at'), at('not-there')]);
    expect([...seen.values()]).toEqual([5, null]);
  });

  it('of a terabyte of holes give both ends, and the time that takes', async () => {
    const path = at('sparse');
    await writeFile(path, 'begin');
    await truncate(path, 2 ** 40);
    await appendFile(path, 'end');
    const started = performance.now();
    const ends = (await getEnds(guest, path, 2_000_000)) ?? Buffer.alloc(0);
    expect(ends.length).toBeLessThan(4_100_000);
    expect(ends.toString('latin1')).toMatch(/^begin[^]*\n\[1099507627779 bytes left out\]\n[^]*end$/);
    await expect(getTextIfThere(guest, path, 2 ** 20)).rejects.toThrow('is larger than 1 MiB');
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('that are none are empty output, and can be taken away', async () => {
    await mkdir(at('a-folder'));
    execFileSync('mkfifo', [at('a-fifo')]);
    for (const name of ['a-folder', 'a-fifo', 'absent']) expect(await getOutputText(guest, at(name))).toBe('');
    await removeIfThere(guest, at('a-fifo'));
    await removeIfThere(guest, at('a-fifo'));
  });

  it('of exactly the limit are whole', async () => {
    await writeFile(at('exact'), 'x'.repeat(1000));
    expect((await getFile(guest, at('exact'), 1000)).length).toBe(1000);
    expect((await getEnds(guest, at('exact'), 1000))?.toString()).toBe('x'.repeat(1000));
    expect((await getEnds(guest, at('exact'), 500))?.length).toBe(1000);
    expect((await getEnds(guest, at('exact'), 499))?.toString()).toContain('\n[2 bytes left out]\n');
  });
});

describe('files', () => {
  it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1_048_000, 3_000_001])('of %i bytes survive', async (size) => {
    const content = randomBytes(size);
    await putFile(guest, at('new/folder/file'), content, 0o640);
    expect(content.equals(await readFile(at('new/folder/file')))).toBe(true);
    expect((await stat(at('new/folder/file'))).mode & 0o7777).toBe(0o640);
    expect(content.equals(await getFile(guest, at('new/folder/file')))).toBe(true);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await hashGuestFile(guest, at('new/folder/file'))).toEqual({ sha256, size });
  });

  it('that are shorter than before are cut', async () => {
    await putFile(guest, at('cut'), 'long content');
    await putFile(guest, at('cut'), 'short');
    expect((await getFile(guest, at('cut'))).toString()).toBe('short');
  });

  it('without a size are read to their end', async () => {
    expect((await getFile(guest, '/proc/version')).toString()).toBe(await readFile('/proc/version', 'utf8'));
  });

  it('that are not there are null, or a refusal', async () => {
    expect(await getTextIfThere(guest, at('nothing'))).toBeNull();
    await expect(getFile(guest, at('nothing'))).rejects.toMatchObject({ code: 'system', errno: 2 });
    await expect(removeFile(guest, at('nothing'))).rejects.toMatchObject({ errno: 2 });
  });

  it('that are folders or devices are refused, not waited for', async () => {
    await mkdir(at('folder'), { recursive: true });
    await expect(getFile(guest, at('folder'))).rejects.toMatchObject({ errno: 22 });
    await expect(getFile(guest, '/dev/zero')).rejects.toMatchObject({ errno: 22 });
    await expect(hashGuestFile(guest, '/dev/zero')).rejects.toMatchObject({ errno: 22 });
    await runProgram('mkfifo', [at('fifo')]);
    await expect(getTextIfThere(guest, at('fifo'))).rejects.toMatchObject({ errno: 22 });
    await expect(putFile(guest, at('fifo'), 'x')).rejects.toMatchObject({ errno: 6 });
  });
});

describe('processes', () => {
  const shell = (script: string) => ['/bin/sh', '-c', script] as const;

  it('get exactly their environment', async () => {
    const result = await runInGuest(guest, {
      argv: [...shell('cat; env | grep -v -e PWD -e SHLVL -e _=; pwd; echo no >&2; exit 3')],
      env: { A: 'b=c' },
      cwd: '/usr',
      stdin: 'input\n',
      timeout: 5000,
    });
    expect(result.end).toEqual({ kind: 'exited', status: 3 });
    expect(result.stdout.toString()).toBe('input\nA=b=c\n/usr\n');
    expect(result.stderr.toString()).toBe('no\n');
    expect(result.truncated).toBe(false);
  });

  it('are told apart by how they end', async () => {
    expect((await runInGuest(guest, { argv: [...shell('kill -SEGV $$')], timeout: 5000 })).end).toEqual({
      kind: 'signalled',
      signal: 11,
    });
  });

  it('that hang are killed with their whole session, and what they said is kept', async () => {
    const started = Date.now();
    const result = await runInGuest(guest, {
      argv: [...shell('echo said; sleep 50 & trap "" TERM; sleep 51')],
      timeout: 300,
    });
    expect(result.end).toEqual({ kind: 'timed-out' });
    expect(result.stdout.toString()).toBe('said\n');
    expect(Date.now() - started).toBeLessThan(2500);
    expect(processesOf(host.process.pid!)).toEqual([]);
  });

  it('that leave a child with their output open are not waited for, and the child is ended', async () => {
    const started = Date.now();
    const result = await runInGuest(guest, { argv: [...shell('sleep 50 & echo $!')], timeout: 10_000 });
    expect(result.end).toEqual({ kind: 'exited', status: 0 });
    expect(Date.now() - started).toBeLessThan(2500);
    await expect.poll(() => stateOf(Number(result.stdout.toString()))).toMatch(/^(gone|Z)$/);
  });

  it('that say too much are cut', async () => {
    const result = await runInGuest(guest, {
      argv: [...shell('yes | head -c 300000')],
      timeout: 5000,
      maxOutput: 1000,
    });
    expect(result).toMatchObject({ end: { kind: 'exited', status: 0 }, truncated: true });
    expect(result.stdout).toHaveLength(1000);
  });

  it('that cannot be started say at which step', async () => {
    const start = { argv: ['/no/such/program'] as const, timeout: 1000 };
    await expect(runInGuest(guest, start)).rejects.toMatchObject({
      errno: 2,
      message: expect.stringContaining('execve') as string,
    });
    await expect(runInGuest(guest, { ...start, argv: ['/bin/true'], cwd: '/no/folder' })).rejects.toMatchObject({
      message: expect.stringContaining('cwd') as string,
    });
  });

  it('are waited for until what they write has grown, or they have ended', async () => {
    const path = at('out/growing');
    const pid = await spawnInGuest(guest, { argv: [...shell('sleep 0.2; echo one; exec sleep 60')], stdout: path });
    const started = Date.now();
    expect(await waitForProcess(guest, pid, 20_000, { path, size: 0 })).toEqual({ kind: 'running' });
    expect(await readFile(path, 'utf8')).toBe('one\n');
    expect(await waitForProcess(guest, pid, 20_000, { path, size: 3 })).toEqual({ kind: 'running' });
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(await waitForProcess(guest, pid, 20, { path, size: 4 })).toEqual({ kind: 'running' });
    await sendSignal(guest, pid, 9);
    expect(await waitForProcess(guest, pid, 20_000, { path, size: 4 })).toEqual({ kind: 'signalled', signal: 9 });
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('run in the background until they are told to end', async () => {
    const path = at('out/log');
    const pid = await spawnInGuest(guest, { argv: [...shell('echo up; exec sleep 60')], stdout: path });
    expect(await waitForProcess(guest, pid, 20_000, { path, size: 0 })).toEqual({ kind: 'running' });
    await sendSignal(guest, pid, 15);
    expect(await waitForProcess(guest, pid, 5000)).toEqual({ kind: 'signalled', signal: 15 });
    expect((await getFile(guest, at('out/log'))).toString()).toBe('up\n');
    await expect(waitForProcess(guest, pid, 0)).rejects.toMatchObject({ errno: 3 });
  });

  it('of others are not signalled', async () => {
    for (const pid of [0, 1, process.pid]) {
      await expect(sendSignal(guest, pid, 0)).rejects.toMatchObject({ errno: 3 });
    }
  });
});

describe('objects', () => {
  it.each<[string, (elf: Buffer) => Uint8Array]>([
    ['no bytes', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('#!/bin/sh\n')],
    ['an ELF of another machine', () => readFileSync('/bin/true')],
    ['an ELF cut after its header', (elf) => elf.subarray(0, 64)],
    ['an ELF cut in the middle', (elf) => elf.subarray(0, elf.length / 2)],
    ['an ELF with garbage for sections', (elf) => Buffer.concat([elf.subarray(0, 64), randomBytes(elf.length - 64)])],
  ])('that are %s cannot be opened', async (_, bytes) => {
    const elf = readFileSync(new URL('../../../../build/guest/main.o', import.meta.url));
    elf.writeUInt16LE(247, 18);
    await writeFile(at('object.o'), bytes(elf));
    const { open, declared, hasBtf } = await inspectObject(guest, at('object.o'));
    expect(open.errno).toBeGreaterThan(0);
    expect(open.libbpf.length).toBeGreaterThan(0);
    expect([declared.programs, hasBtf]).toEqual([[], false]);
  });

  it('have the sizes that are given, and are compared with what cilium/ebpf would ask for', async () => {
    await writeFile(at('sizes.o'), readFileSync('build/variants/needs_sizes.bpf.o'));
    const shape = { inner: null, pinned: null };
    const sized = { ...shape, name: 'records', maxEntries: 9000 };
    const needs = { loader: 'ebpf-go', programs: [], maps: [sized], variables: [] } as const;
    const samples = [
      { map: 'samples', attribute: 'key_size', libbpf: 0, ebpfGo: 4 },
      { map: 'samples', attribute: 'value_size', libbpf: 16, ebpfGo: 4 },
    ];
    const ring = { map: 'records', attribute: 'max_entries' };
    const plain = await inspectObject(guest, at('sizes.o'));
    expect(plain.fixups).toEqual([...samples, { ...ring, libbpf: 8192, ebpfGo: 5000 }]);
    const given = await inspectObject(guest, at('sizes.o'), 30_000, needs);
    expect(given.fixups).toEqual([...samples, { ...ring, libbpf: 16384, ebpfGo: 9000 }]);
    expect(given.declared.maps.map(({ maxEntries }) => maxEntries)).toEqual([0, 16384]);
  });

  it('that need what they do not have are not opened', async () => {
    await writeFile(at('sizes.o'), readFileSync('build/variants/needs_sizes.bpf.o'));
    const absent = { name: 'absent', maxEntries: 1, inner: null, pinned: null };
    const needs = { loader: 'libbpf', programs: [], maps: [absent], variables: [] } as const;
    const { open } = await inspectObject(guest, at('sizes.o'), 30_000, needs);
    expect([open.errno, open.libbpf]).toEqual([2, ["need 'size absent 1': No such file or directory"]]);
  });

  it('that are not there are ENOENT', async () => {
    expect((await inspectObject(guest, at('no.o'))).open.errno).toBe(2);
  });

  it('on which libbpf hangs are an answer within the deadline', async () => {
    await runProgram('mkfifo', [at('hang')]);
    const started = Date.now();
    const { open } = await inspectObject(guest, at('hang'), 200);
    expect(open).toEqual({ errno: 110, libbpf: ['guest: the loader did not finish within 0.2 s'], unresolved: [] });
    expect(Date.now() - started).toBeLessThan(2000);
    expect(processesOf(host.process.pid!)).toEqual([]);
  });

  it('on which libbpf crashes are an answer', async () => {
    await runProgram('mkfifo', [at('crash')]);
    const asked = inspectObject(guest, at('crash'), 10_000);
    let worker: number | undefined;
    while (worker === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      [worker] = processesOf(host.process.pid!);
    }
    process.kill(worker, 'SIGSEGV');
    const libbpf = ['guest: the loader was killed by signal 11'];
    expect((await asked).open).toEqual({ errno: 131, libbpf, unresolved: [] });
  });
});

describe('what there is in place of what was asked for', () => {
  it('is the place that uses what an object does not define, with its line', async () => {
    const object = await readFile('build/variants/cases/extern_undefined.bpf.o');
    await putFile(guest, at('extern.o'), object);
    const { open } = await inspectObject(guest, at('extern.o'));
    expect(open.errno).not.toBe(0);
    expect(open.unresolved).toEqual([
      {
        symbol: 'sum_of',
        section: 'tracepoint/syscalls/sys_enter_openat',
        insn: expect.any(Number) as unknown,
        line: {
          file: expect.stringContaining('extern_undefined.bpf.c') as unknown,
          line: 14,
          column: expect.any(Number) as unknown,
          text: '\treturn sum_of(bytes, BYTES);',
        },
      },
    ]);
  });

  it.each([
    ['no object', Buffer.from('not an object')],
    ['half of one', Buffer.from('\x7fELF\x02\x01\x01')],
  ])('is nothing in %s', async (_, bytes) => {
    await putFile(guest, at('broken.o'), bytes);
    expect((await inspectObject(guest, at('broken.o'))).open.unresolved).toEqual([]);
  });

  it('survives every cut and every changed byte of the tables of an object', async () => {
    const object = await readFile('build/variants/cases/extern_undefined.bpf.o');
    for (let offset = 64; offset < object.length; offset += 37) {
      const damaged = Buffer.from(object);
      damaged[offset] = 0xff;
      await putFile(guest, at('damaged.o'), offset % 2 === 0 ? damaged : object.subarray(0, offset));
      const reply = await guest.call('unresolved', { path: at('damaged.o'), timeoutMs: 5000 });
      expect(processEndOf(reply.end, reply.endCode), String(offset)).toEqual({ kind: 'exited', status: 0 });
    }
  });

  it('of a function is what this kernel has of it', async () => {
    const symbol = await lookUpSymbol(guest, 'no_such_kernel_function_offsetall');
    expect(symbol).toMatchObject({ symbols: [], near: [] });
  });
});

describe('modules', () => {
  it('that are none are refused with the errno', async () => {
    await expect(loadModule(guest, at('no.ko'))).rejects.toMatchObject({ code: 'system', errno: 2 });
  });
});

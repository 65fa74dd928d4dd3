// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Duplex, duplexPair } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoredMark } from '../../../../boot/console.js';
import { Machine } from '../../../../boot/machine.js';
import { snapshotFolder } from '../../../../boot/snapshot/inventory.js';
import { SnapshotStore } from '../../../../boot/snapshot/store.js';
import { thawMachine } from '../../../../boot/snapshot/thaw.js';
import { filledWith } from './fixture/filled.js';
import { machineSpec } from '../fixture/spec.js';

/** A stand-in for QEMU that takes any state; what a real one does with it is in test/vm. */
let folder: string;
let machine: Machine | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
});
afterEach(async () => {
  await machine?.stop();
  machine = undefined;
  await rm(folder, { recursive: true });
});

const signal = new AbortController().signal;
const at = (name: string): string => join(folder, name);
const memoryFile = (): string => join(snapshotFolder(folder), 'k', 'memory');
const boot = Buffer.from('[    0.0] Linux version 6.1\n[    0.1] Kernel panic - not syncing: of another time');

/** `status`: what QEMU says it is when it has read the state. */
async function waiting(status = 'paused'): Promise<Machine> {
  const answers = `*query-status*) echo '{"return":{"status":"${status}"}}' >&4;; *'"cont"'*) touch ${at('ran')}; echo '{"return":{}}' >&4;;`;
  const script = [
    '#!/bin/bash',
    `echo "$*" > ${at('argv')}`,
    `echo '{"QMP":{}}' >&4`,
    `cat <&5 > ${at('state')} &`,
    `while read -r line <&4; do case $line in ${answers} *) echo '{"return":{}}' >&4;; esac; done`,
  ];
  await writeFile(at('qemu'), `${script.join('\n')}\n`);
  await chmod(at('qemu'), 0o755);
  machine = new Machine({
    label: '6.1',
    qemu: at('qemu'),
    spec: machineSpec(),
    consolePath: at('console.log'),
    deadlines: { boot: 50, vm: 20_000 },
    signal,
    restored: boot,
  });
  return machine;
}

/** Freezes 3 MB. */
async function frozen(): Promise<void> {
  const keepsake = { machine: '6.1', hello: {}, console: () => Promise.resolve(boot) };
  await new SnapshotStore(folder, 1e9).keep('k', keepsake, filledWith(Buffer.alloc(3_000_001, 7)));
}

/** Freezes them, lets `damage` have them, and thaws them. */
async function thawed(status?: string, damage: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  await frozen();
  await damage();
  const found = await new SnapshotStore(folder, 1e9).find('k');
  if (found.kind !== 'hit') throw new Error(found.kind);
  const at = await waiting(status);
  await at.guard(thawMachine(at, found.snapshot, signal)).finally(() => found.snapshot.memory.close());
}

it('gives QEMU the bytes that were frozen, and lets the guest run', async () => {
  await thawed();
  expect(existsSync(at('ran'))).toBe(true);
  // The stand-in says that it has all of it before it has.
  await expect.poll(async () => (await readFile(at('state'))).equals(Buffer.alloc(3_000_001, 7))).toBe(true);
});

it('goes on when QEMU has the bytes, though the end of the channel is never told', async () => {
  await frozen();
  const found = await new SnapshotStore(folder, 1e9).find('k');
  if (found.kind !== 'hit') throw new Error(found.kind);
  const taken: Buffer[] = [];
  const state = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _, done) => {
      taken.push(chunk);
      done();
    },
    // As the socket of a peer that closed its end first.
    final: () => undefined,
  });
  const [qmp, qemu] = duplexPair();
  const asked: string[] = [];
  createInterface({ input: qemu }).on('line', (line) => {
    asked.push(line);
    qemu.write(line.includes('query-status') ? '{"return":{"status":"paused"}}\n' : '{"return":{}}\n');
  });
  await thawMachine({ qmp, state }, found.snapshot, signal).finally(() => found.snapshot.memory.close());
  expect(asked.at(-1)).toContain('"cont"');
  expect(Buffer.concat(taken).equals(Buffer.alloc(3_000_001, 7))).toBe(true);
});

it.each([
  ['one bit is another', () => changeOneBit()],
  ['the end is missing', () => truncate(memoryFile(), 2_000_000)],
  ['all of it is missing', () => truncate(memoryFile(), 0)],
])('never lets a guest run of which %s', async (_, damage) => {
  await expect(thawed('paused', damage)).rejects.toThrow('not those that were written');
  expect(existsSync(at('ran'))).toBe(false);
});

it('never lets a guest run that QEMU did not take whole', async () => {
  await expect(thawed('internal-error')).rejects.toThrow('QEMU is internal-error');
  expect(existsSync(at('ran'))).toBe(false);
});

it('begins the console with that of the boot, in which nothing is found a second time', async () => {
  await thawed();
  // Longer than the deadline for a banner, which came in another machine.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(machine?.sound).toBe(true);
  expect(machine?.console.tail()).toEqual([...boot.toString().split('\n'), restoredMark]);
  expect(await readFile(at('argv'), 'utf8')).toMatch(/-incoming fd:5\n$/);
  expect(machine?.argv.join(' ')).not.toContain('-incoming');
  await machine?.stop();
  expect(await readFile(at('console.log'), 'utf8')).toBe(`${boot.toString()}\n${restoredMark}\n`);
});

async function changeOneBit(): Promise<void> {
  const file = await open(memoryFile(), 'r+');
  await file.write(Buffer.from([6]), 0, 1, 1_500_000);
  await file.close();
}

// SPDX-License-Identifier: Apache-2.0
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Guest } from './client.js';
import { protocolError } from './errors.js';
import { putFile } from './files.js';
import { type ProcessEnd, runInGuest, spawnInGuest } from './process.js';

/*
 * Programs that an agent can neither change nor speak for. They lie in sealed memory of PID 1 from before the agent is
 * there; those that stand by were executed then, too, and only fork from then on. What they print is signed with a key
 * that they, PID 1 and the harness have (bpf/guest/sealed.h, bpf/probe/common/signed.h).
 */

/** A sealed program: its name, and the descriptor of PID 1 (100 to 131) that holds it. */
export interface SealedProgram {
  readonly name: string;
  readonly fd: number;
  /** Executed at once, and asked for processes later. */
  readonly standby: boolean;
}

/** By which path its bytes can be read and executed. */
export function sealedPath({ fd }: Pick<SealedProgram, 'fd'>): string {
  return `/proc/1/fd/${fd}`;
}

/** An agent, or whoever else is root in its guest, has put its hand on the probe or on PID 1. */
export class ProbeTampered extends Error {
  /** `seen`: what shows it, a line each. */
  constructor(readonly seen: readonly string[]) {
    super(`the probe was tampered with: ${seen.join('; ')}`);
  }
}

/** PID 1, or a process of the probe, was denied what is its own: a pipe, a file of the guest, a message between them. */
export class ProbeDenied extends Error {}

/** Of STANDBY_DENIED in bpf/guest/standby.h. */
const deniedStatus = 77;

/** Uploads a program and seals it. Nothing that could change it on the way may run in the guest. */
export async function sealProgram(guest: Guest, program: SealedProgram, bytes: Uint8Array): Promise<void> {
  const { name, fd, standby } = program;
  const path = `/sealed/${name}`;
  await putFile(guest, path, bytes, 0o700);
  const { size, sum } = await guest.call('seal', { name, path, fd, key: guest.secret, standby: standby ? 1 : 0 });
  if (size !== bytes.length || sum !== sumOf(bytes)) {
    throw protocolError(`${name} was sealed as another file than the one uploaded`);
  }
}

/** Of `struct sealed_copy` (bpf/guest/sealed.h): no proof against whoever means it, and nobody is there yet who could. */
function sumOf(bytes: Uint8Array): number {
  const words = new Uint8Array(4 * Math.ceil(bytes.length / 4));
  words.set(bytes);
  let total = 0;
  let sum = 0;
  const view = new DataView(words.buffer);
  for (let at = 0; at < words.length; at += 4) {
    total = (total + view.getUint32(at, true)) >>> 0;
    sum = (sum + total) >>> 0;
  }
  return sum;
}

export interface SealedOptions {
  readonly program: SealedProgram;
  readonly args: readonly string[];
  /** Folder under `/sys/fs/cgroup`, created when it is missing. */
  readonly cgroup?: string;
}

export interface SealedRun {
  readonly end: ProcessEnd;
  /** Each as the program printed it. */
  readonly lines: readonly string[];
  readonly stderr: string;
  /** Nothing of it is missing. */
  readonly whole: boolean;
}

/**
 * Runs a process of a program that stands by to its end. Throws ProbeTampered where it ended with 0 and its output is
 * not the whole of what it printed.
 */
export async function runSealed(
  guest: Guest,
  options: SealedOptions & { readonly timeout: number; readonly stdin?: string },
): Promise<SealedRun> {
  const { program, args, timeout, ...more } = options;
  const sealed = { name: program.name, nonce: newNonce() };
  const argv = [program.name, ...args] as const;
  const { end, stdout, stderr, truncated } = await runInGuest(guest, { argv, sealed, timeout, ...more });
  if (end.kind === 'exited' && end.status === deniedStatus) {
    throw new ProbeDenied(`${program.name} was denied its own input or output`);
  }
  const { lines, whole } = readSigned(guest, sealed.nonce, stdout);
  if (end.kind === 'exited' && end.status === 0 && !whole && !truncated) {
    throw new ProbeTampered([`the output of ${program.name} is not the whole of what it printed`]);
  }
  return { end, lines, stderr: stderr.toString(), whole };
}

/** A sealed process that was left running. */
export interface SealedProcess {
  readonly pid: number;
  /** The lines of what it has printed so far. Throws ProbeTampered for one that is not its own. */
  readonly read: (text: string) => readonly string[];
}

/** Leaves a process of a program that stands by running; `stdout` and `stderr` as for spawnInGuest(). */
export async function spawnSealed(
  guest: Guest,
  options: SealedOptions & { readonly stdout: string; readonly stderr?: string },
): Promise<SealedProcess> {
  const { program, args, ...more } = options;
  const sealed = { name: program.name, nonce: newNonce() };
  const pid = await spawnInGuest(guest, { argv: [program.name, ...args], sealed, ...more });
  return { pid, read: (text) => readSigned(guest, sealed.nonce, Buffer.from(text)).lines };
}

/**
 * What has been done to PID 1 and to what runs sealed since this was asked last, a line each; or why the kernel does not
 * let anybody see it. Throws ProbeTampered for an answer that PID 1 has not signed.
 */
export async function vouch(
  guest: Guest,
): Promise<{ readonly watched: true; readonly seen: readonly string[] } | { readonly watched: false; why: string }> {
  const nonce = newNonce();
  const { text, sha256 } = await guest.call('vouch', { nonce });
  const own = createHmac('sha256', guest.secret).update(`${nonce}\0${text}`).digest();
  if (!sameBytes(own, sha256)) throw new ProbeTampered(['PID 1 does not vouch for the probe']);
  if (text.startsWith('?')) return { watched: false, why: text.slice(1) };
  return { watched: true, seen: text.split('\n').filter((line) => line !== '') };
}

function newNonce(): string {
  return randomBytes(12).toString('hex');
}

const signedLine = /^([LE])([0-9a-f]{64}) (.*)$/s;

/** Lines up to the first that is not finished. `whole`: the program has said that there are no more. */
function readSigned(guest: Guest, nonce: string, output: Buffer): { lines: readonly string[]; whole: boolean } {
  const lines: string[] = [];
  // A byte a letter: names in the kernel need not be UTF-8.
  for (const [number, signed] of output.toString('latin1').split('\n').slice(0, -1).entries()) {
    const [, kind = '', signature = '', text = ''] = signedLine.exec(signed) ?? [];
    const line = Buffer.from(text, 'latin1');
    const own = createHmac('sha256', guest.secret).update(`${nonce} ${number} ${kind}\n`).update(line).digest();
    if (!sameBytes(own, Buffer.from(signature, 'hex'))) {
      throw new ProbeTampered([`a line that the probe has not written: ${signed.slice(0, 200)}`]);
    }
    if (kind === 'E') return { lines, whole: true };
    lines.push(line.toString());
  }
  return { lines, whole: false };
}

function sameBytes(own: Buffer, other: Uint8Array): boolean {
  return own.length === other.length && timingSafeEqual(own, other);
}

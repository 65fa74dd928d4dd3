// SPDX-License-Identifier: Apache-2.0
import { hashBytes } from '../kernels/cache/hash.js';
import type { KernelId } from '../model/kernel.js';
import { manifestKey } from '../model/manifest.js';

/** Paths inside a report folder; always relative and with forward slashes. */

/** `machine` distinguishes the machines of one kernel; the first one's name is empty. */
export function consolePath(kernel: KernelId, machine: string): string {
  return `logs/${safe(kernel)}/${machine === '' ? '' : `${safe(machine)}.`}console.log`;
}

/** Where the log of a program goes; a run with one object leaves the object's name out. */
export function verifierLogPath(kernel: KernelId, object: string, program: string, objectsInRun: number): string {
  const folder = objectsInRun === 1 ? '' : `${foreign(object)}/`;
  return `logs/${safe(kernel)}/verifier/${folder}${foreign(program)}.log`;
}

/** Where libbpf's words about an object go. */
export function libbpfLogPath(kernel: KernelId, object: string, objectsInRun: number): string {
  return `logs/${safe(kernel)}/libbpf${objectsInRun === 1 ? '' : `/${foreign(object)}`}.log`;
}

/** Where the starts of an agent on one machine are, a folder a phase. */
export function machineFolder(kernel: KernelId, machine: string): string {
  return `logs/${safe(kernel)}/${safe(machine)}`;
}

/** Where the files of one start of an agent go; the first of its phase leaves the number out. */
export function agentFolder(kernel: KernelId, machine: string, phase: string, number: number): string {
  return `${machineFolder(kernel, machine)}/${safe(phase)}${number === 1 ? '' : `.${number}`}`;
}

export const commandOutputPath = (kernel: KernelId, stream: 'stdout' | 'stderr'): string =>
  `logs/${safe(kernel)}/command.${stream}`;

/** Where the logs of a later run of `--repeat` are, laid out as those of the first. */
export const repeatFolder = (run: number): string => `repeats/${run}`;

/** In a baseline folder, and in the folder `manifests` of a report; those of another contract are in a folder of its name. */
export const manifestName = (kernel: KernelId, contract: string | undefined): string =>
  manifestKey(`${safe(kernel)}.json`, contract === undefined ? undefined : safe(contract));

export const veristatName = (kernel: KernelId): string => `${safe(kernel)}.csv`;

/** Folders of a report that a run alone can make; everything else follows from them. */
export const keptFolders = ['evidence', 'logs', 'repeats'] as const;

/** What a kernel answered, before anything was judged. */
export const evidencePath = (kernel: KernelId): string => `evidence/${safe(kernel)}.jsonl.gz`;

/** Bytes of a name in a path; file systems take 255, and an ending follows. */
const longestName = 120;

/**
 * A name of ours, or of a kernel, as a file name. Those are different after this where they were before: they have nothing
 * but spaces that is changed.
 */
function safe(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, longestName);
  return /^\.*$/.test(plain) ? `_${plain}` : plain;
}

/**
 * A name that somebody else has given, of a program or an object: nothing but a plain file name gets through, and what is
 * changed or cut has a hash of the whole, so that no two of them share a file.
 */
function foreign(name: string): string {
  const plain = safe(name);
  if (plain === name) return plain;
  return `${plain}.${hashBytes(name).slice(0, 12)}`;
}

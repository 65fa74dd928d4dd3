// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { capabilities, type Capability } from '../model/capability.js';
import { UsageError } from '../model/errors.js';
import { kernelIdOf } from '../model/kernel-name.js';
import { hostTarget, type Target, targetNamed, targetNames } from '../target.js';

/** Readers of single command line values; each throws UsageError naming the option and what it takes. */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

const dayMs = 24 * 3600 * 1000;

/** `90`, `90s`, `3m`, `500ms` in milliseconds, a bare number is seconds; null unless above 0 and up to a day. */
export function durationOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  const value = Number(match?.[1]) * (units[match?.[2] ?? 's'] ?? Number.NaN);
  return value > 0 && value <= dayMs ? value : null;
}

/** As `durationOf`, for an option. */
export function parseDuration(option: string, text: string): number {
  const value = durationOf(text);
  if (value === null) {
    throw new UsageError({
      message: `${option} takes a time above 0 and up to a day, not '${text}'`,
      next: `write seconds, or a unit: ${option} 90, ${option} 90s, ${option} 3m`,
    });
  }
  return value;
}

/**
 * Machines at a time when nobody says: half as many again as cores. A guest has one CPU and waits for itself now and
 * then, and of three equal machines on two cores the last one would have a core to itself.
 */
const usualJobs = (): number => Math.ceil(availableParallelism() * 1.5);

/** A whole number from 1 up. */
export function parseJobs(option: string, text: string | undefined): number {
  if (text === undefined) return usualJobs();
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 512) {
    throw new UsageError({
      message: `${option} takes a whole number from 1 to 512, not '${text}'`,
      next: `leave it out for ${usualJobs()}, three for two cores`,
    });
  }
  return jobs;
}

/** Machines at a time while the processor has nothing to do: those that were asked for, or four for each core. */
export function parseIdleJobs(option: string, text: string | undefined): number {
  return text === undefined ? 4 * availableParallelism() : parseJobs(option, text);
}

/** How often something is done: a whole number from 1 to 1000. */
export function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1000) {
    throw new UsageError({
      message: `${option} takes a whole number from 1 to 1000, not '${text}'`,
      next: `for example ${option} 20`,
    });
  }
  return count;
}

/** MiB; a stock kernel needs some 128 to boot. */
export function parseMemory(option: string, text: string): number {
  const memory = Number(text);
  if (!Number.isInteger(memory) || memory < 128 || memory > 65_536) {
    throw new UsageError({
      message: `${option} takes a whole number of MiB from 128 to 65536, not '${text}'`,
      next: `for example ${option} 1024`,
    });
  }
  return memory;
}

/** One of a closed set of words. */
export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    throw new UsageError({
      message: `${option} takes ${choices.join(', ')}, not '${text}'`,
      next: 'name one of these',
    });
  }
  return choice;
}

/** `lockdown,yama,bpf`: names as the kernel's `lsm=` takes them; empty boots with none but the built-in capability. */
export function parseLsm(option: string, text: string): readonly string[] {
  const names = text.split(',').filter((name) => name !== '');
  const wrong = names.find((name) => !/^[a-z][a-z0-9_]*$/.test(name));
  if (wrong !== undefined) {
    throw new UsageError({
      message: `${option} takes LSM names separated by commas, not '${wrong}'`,
      next: `for example ${option} lockdown,yama,bpf`,
    });
  }
  return names;
}

/** `x86_64,arm64`: names of architectures, each once. */
export function parseArchitectures(option: string, text: string): readonly Target[] {
  const names = text.split(',').map((name) => name.trim());
  return [
    ...new Set(
      names.map((name) => {
        const target = targetNamed(name);
        if (target !== null) return target;
        throw new UsageError({
          message: `${option} takes ${targetNames.join(' and ')} separated by commas, not '${name}'`,
          next: `for example ${option} ${targetNames.join(',')}`,
        });
      }),
    ),
  ];
}

/** A kernel file of the user's own. */
export interface KernelImageOption {
  readonly id: string;
  /** A kernel image, or the tree it was built in, as the user wrote it. */
  readonly image: string;
  /** lib/modules folder, or null. */
  readonly modules: string | null;
}

/** `ID[/ARCHITECTURE]=FILE[,modules=DIR]`; that of the host where none is named. */
export function parseKernelImage(option: string, text: string): KernelImageOption {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]{0,99})(?:\/([a-z0-9_-]+))?=([^,]+)(?:,modules=([^,]+))?$/.exec(text);
  const target = match?.[2] === undefined ? hostTarget : targetNamed(match[2]);
  if (match?.[1] === undefined || match[3] === undefined || target === null) {
    throw new UsageError({
      message: `${option} takes ID[/ARCHITECTURE]=FILE[,modules=DIR], not '${text}'`,
      next: `for example ${option} mine=${hostTarget.image.built},modules=/lib/modules/6.8.0`,
    });
  }
  const id = kernelIdOf({ base: match[1], target, flavour: null });
  return { id, image: match[3], modules: match[4] ?? null };
}

/** `perfmon,sys_admin` or `CAP_PERFMON`, repeated or not; each once, in the order of their numbers. */
export function parseCapabilities(option: string, texts: readonly string[] = []): readonly Capability[] {
  const words = texts.flatMap((text) => text.split(',')).map((word) => word.trim());
  const names = words.map((word) => word.toLowerCase().replace(/^cap_/, ''));
  const unknown = names.findIndex((name) => !isCapability(name));
  if (unknown >= 0) {
    throw new UsageError({
      message: `${option} takes names of capabilities separated by commas, not '${words[unknown] ?? ''}'`,
      next: `for example ${option} perfmon,sys_admin; capabilities(7) has them all`,
    });
  }
  return capabilities.filter((name) => names.includes(name));
}

function isCapability(name: string): name is Capability {
  const known: readonly string[] = capabilities;
  return known.includes(name);
}

/** MiB; some twenty kernels, each with and without the BPF LSM. */
const defaultMib = 4096;
const variable = 'BPF_MATRIX_SNAPSHOT_MIB';

/** Bytes that all snapshots together may take; 0 keeps none. Throws UsageError for what is no whole number. */
export function snapshotLimit(env: NodeJS.ProcessEnv): number {
  const text = env[variable] ?? '';
  if (text === '') return defaultMib * 2 ** 20;
  if (!/^\d{1,9}$/.test(text)) {
    throw new UsageError({
      message: `${variable} takes a whole number of MiB, not '${text}'`,
      next: `leave it out for ${defaultMib}, or set it to 0 to keep no snapshots`,
    });
  }
  return Number(text) * 2 ** 20;
}

const freshVariable = 'BPF_MATRIX_FRESH';

/** Is every machine asked anew, as with --fresh. */
export function isFresh(env: NodeJS.ProcessEnv): boolean {
  const text = env[freshVariable] ?? '';
  if (text === '' || text === '0') return false;
  if (text === '1') return true;
  throw new UsageError({
    message: `${freshVariable} takes 1 or 0, not '${text}'`,
    next: 'leave it out, or set it to 1',
  });
}

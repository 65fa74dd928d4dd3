// SPDX-License-Identifier: Apache-2.0
import { type CheckClass, checkClasses, type CheckReport } from '../model/check.js';
import { identityOn } from '../model/builds.js';
import type { KernelId } from '../model/kernel.js';
import type { ObjectIdentity } from '../model/object.js';
import type { BrokenKernel, KernelReport, RanKernel, RunReport } from '../model/report.js';

/** What of a finished run failed, and is to be run again. */
export interface LastFailed {
  readonly kernels: readonly KernelId[];
  /** Kernels that were not run, or could not be had: they have not failed. */
  readonly leftOut: readonly KernelId[];
  /** Files of the objects that failed; all of them where none did, since an object is loaded in any case. */
  readonly objects: readonly string[];
  /** `none`: only loading failed. `all`: a machine broke, and nothing says in which class. */
  readonly classes: ReadonlySet<CheckClass> | 'all' | 'none';
  /** Where only loading failed, the programs that did; null where an object failed and none of its programs. */
  readonly programs: readonly string[] | null;
}

/** A finished run, as far as that matters. */
export interface LastRun {
  readonly isCommand: boolean;
  readonly hasAgent: boolean;
  /** How many kernels it had. */
  readonly kernels: number;
  /** What is wrong with the run as a whole, a sentence each. */
  readonly findings: readonly string[];
  /** Null when no kernel failed. */
  readonly failed: LastFailed | null;
}

type Booted = RanKernel | BrokenKernel;

export function lastRunOf(report: RunReport): LastRun {
  const { kernels, agent, findings } = report;
  return {
    isCommand: kernels.some((kernel) => kernel.status !== 'unavailable' && kernel.command !== null),
    hasAgent: agent !== null,
    kernels: kernels.length,
    findings: findings.map(({ message }) => message),
    failed: lastFailed(report),
  };
}

/** Null when no kernel failed. */
export function lastFailed({ kernels, objects }: RunReport): LastFailed | null {
  const failed = kernels.filter(hasFailed);
  if (failed.length === 0) return null;
  const names = new Set(failed.flatMap(failedObjects));
  return {
    kernels: failed.map(({ id }) => id),
    leftOut: kernels.filter(({ status }) => status === 'unavailable').map(({ id }) => id),
    objects: filesOn(
      failed,
      objects.filter(({ name }) => names.size === 0 || names.has(name)),
    ),
    classes: joinedClasses(failed.map(classesOfKernel)),
    programs: failedPrograms(failed),
  };
}

/** Of objects that were built for several architectures those of the kernels. */
function filesOn(kernels: readonly Booted[], objects: readonly ObjectIdentity[]): readonly string[] {
  return [...new Set(objects.flatMap((one) => kernels.flatMap(({ id }) => identityOn(one, id)?.file ?? [])))];
}

function failedPrograms(failed: readonly Booted[]): readonly string[] | null {
  const objects = failed.flatMap((kernel) => kernel.objects.filter(({ verdict }) => verdict.kind !== 'pass'));
  const names = objects.map(({ programs }) => programs.filter(({ verdict }) => verdict.kind !== 'pass').map(nameOf));
  return joinedPrograms(names);
}

/** `names`: of each object that failed, the programs that did. */
export function joinedPrograms(names: readonly (readonly string[])[]): readonly string[] | null {
  if (names.length === 0 || names.some((own) => own.length === 0)) return null;
  return [...new Set(names.flat())];
}

const nameOf = ({ name }: { readonly name: string }): string => name;

function hasFailed(kernel: KernelReport): kernel is Booted {
  return kernel.status !== 'unavailable' && kernel.verdict.kind !== 'pass';
}

function failedObjects({ objects }: Booted): readonly string[] {
  return objects.filter(({ verdict }) => verdict.kind !== 'pass').map(({ object }) => object);
}

/** Classes that failed on a kernel, or all of them. */
export type PartOfKernel = readonly CheckClass[] | 'all';

export function joinedClasses(parts: readonly PartOfKernel[]): LastFailed['classes'] {
  if (parts.includes('all')) return 'all';
  const names = new Set(parts.flatMap((part) => (part === 'all' ? [] : part)));
  return names.size === 0 ? 'none' : new Set(checkClasses.filter((name) => names.has(name)));
}

function classesOfKernel({ scenarios, objects, status }: Booted): PartOfKernel {
  const checks = scenarios.flatMap((one) => one.checks);
  if (scenarios.some(({ fault }) => fault !== null)) return 'all';
  const failing = checks.filter(({ outcome }) => outcome.kind === 'fail');
  if (failing.length > 0) return failing.map((check) => check.class);
  // It proved nothing of what it should have, and what it could not look at says where.
  const loads = status === 'broken' || objects.some(({ verdict }) => verdict.kind !== 'pass');
  return loads ? [] : checks.filter(isUnproved).map((check) => check.class);
}

function isUnproved({ outcome }: CheckReport): boolean {
  return outcome.kind === 'unproved';
}

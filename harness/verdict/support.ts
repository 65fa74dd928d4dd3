// SPDX-License-Identifier: Apache-2.0
import { comparePoints, type PointVersion } from '../model/point-release.js';
import type { KernelReport, ProgramReport } from '../model/report.js';
import type { ProgramSupport, SupportShape, SupportStretch } from '../model/support.js';

/** For every program of the run, in the order of the objects, which kernels take it. */
export function supportOf(kernels: readonly KernelReport[]): readonly ProgramSupport[] {
  const ordered = byAge(kernels);
  return programsOf(kernels).map(({ object, program }) => {
    const stretches = joined(ordered.map((kernel) => stretchOf(kernel, object, program)));
    const shape = shapeOf(stretches);
    const oldest = stretches.find(({ answer }) => answer === 'taken')?.kernels[0] ?? null;
    return { object, program, shape, oldest, stretches };
  });
}

/** By what `uname -r` says, and without an answer by what the id says; what says nothing comes last. */
function byAge(kernels: readonly KernelReport[]): readonly KernelReport[] {
  const aged = kernels.map((kernel) => ({ kernel, version: versionOf(kernel) }));
  return aged.sort((a, b) => comparePoints(a.version, b.version)).map(({ kernel }) => kernel);
}

function versionOf(kernel: KernelReport): PointVersion {
  const release = kernel.status === 'unavailable' ? null : (kernel.facts?.release ?? null);
  const [, numbers] = /^(\d+\.\d+(?:\.\d+)?)/.exec(release ?? kernel.id) ?? [];
  return numbers === undefined ? [Infinity] : numbers.split('.').map(Number);
}

interface Named {
  readonly object: string;
  readonly program: string;
}

function programsOf(kernels: readonly KernelReport[]): readonly Named[] {
  const found = new Map<string, Named>();
  for (const kernel of kernels) {
    if (kernel.status === 'unavailable') continue;
    for (const { object, programs } of kernel.objects) {
      for (const { name } of programs) found.set(JSON.stringify([object, name]), { object, program: name });
    }
  }
  return [...found.values()];
}

function stretchOf(kernel: KernelReport, object: string, name: string): SupportStretch {
  const objects = kernel.status === 'unavailable' ? [] : kernel.objects;
  const program = objects.find((one) => one.object === object)?.programs.find((one) => one.name === name);
  return program === undefined ? { answer: 'unknown', kernels: [kernel.id] } : answerOf(program, kernel.id);
}

function answerOf({ load, attach }: ProgramReport, kernel: string): SupportStretch {
  const failed = load.kind === 'failed' ? load : attach.kind === 'failed' ? attach : null;
  if (failed === null) return { answer: 'taken', kernels: [kernel] };
  const { cause, decidingLine, source } = failed.why;
  return { answer: 'refused', kernels: [kernel], code: failed.code, cause, decidingLine, source };
}

function joined(stretches: readonly SupportStretch[]): readonly SupportStretch[] {
  const all: SupportStretch[] = [];
  for (const next of stretches) {
    const last = all.at(-1);
    if (last === undefined || keyOf(last) !== keyOf(next)) all.push(next);
    else all[all.length - 1] = { ...last, kernels: [...last.kernels, ...next.kernels] };
  }
  return all;
}

/** Kernels word the same cause differently. */
function keyOf(stretch: SupportStretch): string {
  if (stretch.answer !== 'refused') return stretch.answer;
  const { code, cause, decidingLine, source } = stretch;
  return JSON.stringify([code, cause ?? decidingLine, source?.file, source?.line]);
}

function shapeOf(stretches: readonly SupportStretch[]): SupportShape {
  const answers = stretches.map(({ answer }) => answer).filter((answer) => answer !== 'unknown');
  const changes = answers.filter((answer, index) => answer !== answers[index - 1]);
  if (changes.length > 2) return 'mixed';
  const [first, then] = changes;
  if (then === undefined) return first === 'taken' ? 'everywhere' : 'nowhere';
  return then === 'taken' ? 'from' : 'until';
}

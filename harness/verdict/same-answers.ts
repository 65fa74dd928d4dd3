// SPDX-License-Identifier: Apache-2.0
import type { ObjectIdentity } from '../model/object.js';
import type { ObjectReport, RunReport } from '../model/report.js';

/**
 * What two runs of the same objects on the same kernels answer differently, one line each: `6.12 OBJECT/PROGRAM: A, B`. The
 * time that a verification took is no answer.
 */
export function differingAnswers(one: RunReport, other: RunReport): readonly string[] {
  const [left, right] = [answersOf(one), answersOf(other)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key}: ${left.get(key) ?? 'absent'}, ${right.get(key) ?? 'absent'}`);
}

function answersOf({ objects, kernels }: RunReport): ReadonlyMap<string, string> {
  const answers = new Map(objects.map(({ name, ...one }) => [name, filesOf(one)]));
  for (const kernel of kernels) {
    answers.set(kernel.id, JSON.stringify([kernel.status, kernel.verdict]));
    if (kernel.status === 'unavailable') continue;
    answers.set(`${kernel.id} kernel`, JSON.stringify([kernel.identity, kernel.facts]));
    for (const report of kernel.objects) {
      for (const [key, value] of objectAnswers(report)) answers.set(`${kernel.id} ${key}`, value);
    }
  }
  return answers;
}

function filesOf({ sha256, builds = [] }: Pick<ObjectIdentity, 'sha256' | 'builds'>): string {
  return [sha256, ...builds.map((one) => one.sha256)].join(' ');
}

function objectAnswers({ object, programs, ...rest }: ObjectReport): readonly (readonly [string, string])[] {
  return [
    [object, JSON.stringify(rest)],
    ...programs.map(({ stats, ...program }) => {
      const counts = stats === null ? null : { ...stats, verificationTime: null };
      return [`${object}/${program.name}`, JSON.stringify({ ...program, stats: counts })] as const;
    }),
  ];
}

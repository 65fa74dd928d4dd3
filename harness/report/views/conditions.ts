// SPDX-License-Identifier: Apache-2.0
import type { LoadConditions, ObjectReport, RunReport } from '../../model/report.js';
import { type ObjectRemark, remarkBlocks, remarkLines } from './over-kernels.js';

/** What an object was loaded with that is not its own. */
function conditionsOf({ object, conditions }: ObjectReport): readonly ObjectRemark[] {
  return conditions === undefined ? [] : sentences(conditions).map((text) => ({ name: object, text }));
}

/** `given: map counts: max_entries 16`, `as ebpf-go does: value_size of events 4 -> 0`. */
function sentences({ loader, given, differences }: LoadConditions): readonly string[] {
  const changes = differences.map(
    ({ map, attribute, libbpf, ebpfGo }) => `${attribute} of ${map} ${libbpf} -> ${ebpfGo}`,
  );
  return [
    ...(given.length === 0 ? [] : [`given: ${given.join('; ')}`]),
    ...(loader === 'ebpf-go' && changes.length === 0 ? ['as ebpf-go does: nothing that libbpf does not'] : []),
    ...(changes.length === 0
      ? []
      : [`${loader === 'ebpf-go' ? 'as ebpf-go does' : 'ebpf-go would'}: ${changes.join(', ')}`]),
  ];
}

/** `object  6.1, 6.12: text`. */
export const conditionLines = (report: RunReport): readonly string[] => remarkLines(report, conditionsOf);

export const conditionBlocks = (report: RunReport): readonly (readonly string[])[] =>
  remarkBlocks(report, conditionsOf);

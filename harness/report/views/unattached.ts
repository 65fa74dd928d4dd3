// SPDX-License-Identifier: Apache-2.0
import type { ObjectReport, RunReport } from '../../model/report.js';
import { type ObjectRemark, remarkBlocks, remarkLines } from './over-kernels.js';

/** Programs that were not attached although nothing failed. */
function unattachedOf({ object, programs }: ObjectReport): readonly ObjectRemark[] {
  return programs.flatMap(({ name, attach }) =>
    attach.kind === 'unattachable' ? [{ name: `${object}/${name}`, text: attach.reason }] : [],
  );
}

/** `object/program  6.1, 6.12: why`. */
export const unattachedLines = (report: RunReport): readonly string[] => remarkLines(report, unattachedOf);

export const unattachedBlocks = (report: RunReport): readonly (readonly string[])[] =>
  remarkBlocks(report, unattachedOf);

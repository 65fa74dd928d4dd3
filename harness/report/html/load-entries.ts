// SPDX-License-Identifier: Apache-2.0
import { identityOn } from '../../model/builds.js';
import type { KernelReport, RunReport } from '../../model/report.js';
import { shellWord } from '../../proc/shell-quote.js';
import { wholeObject } from '../views/cases.js';
import { failuresOf, type Failure } from '../views/failures.js';
import { rerunCommand } from '../views/findings.js';
import { cellLabels } from '../views/labels.js';
import { oneLine } from '../views/text.js';
import { explanationBlocks, factBlock, logBlock, pageFact } from './blocks.js';
import { entryId, type PageSource, type PlacedEntry, programMap } from './entry.js';
import type { EntryGroup, PageBlock } from './page-data.js';

/** Programs and objects that do not load or attach. */
export function loadEntries(source: PageSource): readonly PlacedEntry[] {
  return failuresOf(source.report).map((failure) => loadEntry(failure, source));
}

function loadEntry(failure: Failure, source: PageSource): PlacedEntry {
  const { kind, object, item, step, code, why, kernels } = failure;
  const line = why?.decidingLine ?? null;
  const errno = why === null ? '' : `, ${why.errno}`;
  return {
    entry: {
      id: entryId(code, object, item, step, line),
      group: groups[kind],
      tone: cellLabels[kind].tone,
      code,
      kernels,
      title: oneLine(`${item === wholeObject ? `${object}, ${item}` : `${object}/${item}`}: ${step}${errno}`),
      line: line === null ? null : oneLine(line),
      blocks: loadBlocks(failure, source),
    },
    places: [{ map: programMap(object), row: rowOf(failure, source) }],
    ...(why?.source == null ? {} : { source: why.source }),
  };
}

const groups: Readonly<Record<Failure['kind'], EntryGroup>> = {
  fail: 'Failures',
  infra: 'Failures',
  optional: 'Optional programs not to be had',
  expected: 'Failed as expected',
};

/** What stands for an object without some of its programs has no row of its own. */
function rowOf({ object, item }: Failure, { report }: PageSource): string {
  const programs = report.kernels.flatMap((kernel) =>
    objectsOf(kernel).flatMap((one) => (one.object === object ? one.programs : [])),
  );
  return programs.some(({ name }) => name === item) ? item : wholeObject;
}

function loadBlocks(failure: Failure, { report, target }: PageSource): readonly PageBlock[] {
  const { object, why, note, kernels, logs } = failure;
  const on = report.kernels.filter(({ id }) => kernels.includes(id));
  const again = rerunCommand({ rerun: ['--only', 'load'] }, on, aboutObject(report, object, on));
  return [
    ...factBlock(pageFact('note', note)),
    ...(why === null ? [] : explanationBlocks(why, target)),
    { kind: 'command', label: 'again', text: again },
    ...logs.flatMap((path) => {
      const kernel = kernelOfLog(path, on);
      return logBlock(path.includes('/verifier/') ? 'verifier log' : 'log', path, {
        kernel,
        mark: why?.decidingLine ?? null,
      });
    }),
  ];
}

/** Of several objects that were given, the one that it is about, as these kernels were given it. */
function aboutObject(report: RunReport, object: string, on: readonly KernelReport[]): RunReport {
  const { given } = report.options;
  const found = report.objects.filter(({ name }) => name === object);
  const files = new Set(found.flatMap((one) => on.flatMap(({ id }) => identityOn(one, id)?.file ?? [])));
  const others = given.filter((flag) => !flag.startsWith('--object '));
  if (files.size === 0 || others.length === given.length) return report;
  const own = [...files].map((file) => `--object ${shellWord(file)}`);
  return { ...report, options: { ...report.options, given: [...others, ...own] } };
}

/** Whose log it is; null where several kernels name the same. */
function kernelOfLog(path: string, kernels: readonly KernelReport[]): string | null {
  const owners = kernels.filter((kernel) =>
    objectsOf(kernel).some(({ programs, whole, partial }) =>
      [...programs.flatMap(({ load, attach }) => [load, attach]), whole, partial?.load].some(
        (verdict) => verdict?.kind === 'failed' && verdict.why.log === path,
      ),
    ),
  );
  return owners.length === 1 ? (owners[0]?.id ?? null) : null;
}

function objectsOf(kernel: KernelReport): Exclude<KernelReport, { status: 'unavailable' }>['objects'] {
  return kernel.status === 'unavailable' ? [] : kernel.objects;
}

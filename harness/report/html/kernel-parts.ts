// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import { eachBuild } from '../../model/builds.js';
import type { KernelReport, RunReport } from '../../model/report.js';
import { describeBoot, describeLoader, formatDuration, shortCompiler, shortHash } from '../views/format.js';
import { identityProperties, libbpfVersions } from '../views/identity.js';
import { verdictLabel } from '../views/labels.js';
import { oneLine } from '../views/text.js';
import { kernelTime } from '../views/totals.js';
import { factBlock, linesBlock, logBlock, pageFact } from './blocks.js';
import type { PageBlock, PageFact, PageKernel } from './page-data.js';

/** A kernel with all that its results belong to. */
export function pageKernel(kernel: KernelReport, report: RunReport): PageKernel {
  const { text, tone } = verdictLabel(kernel.verdict);
  return { id: kernel.id, text, tone, detail: oneLine(kernel.detail), blocks: kernelBlocks(kernel, report) };
}

function kernelBlocks(kernel: KernelReport, report: RunReport): readonly PageBlock[] {
  const notes = linesBlock('lines', 'Notes', kernel.notes);
  if (kernel.status === 'unavailable') {
    return [
      ...factBlock(pageFact('next', kernel.next)),
      ...linesBlock('lines', 'What was tried', kernel.tried),
      ...notes,
    ];
  }
  const { boot, scenarios, console, id } = kernel;
  return [
    ...factBlock([
      ...pageFact('time', kernelTime(kernel)),
      ...(boot === null ? [] : pageFact('boot', describeBoot(boot))),
      ...identityProperties(kernel, report).flatMap(([name, value]) => pageFact(name, value)),
    ]),
    ...notes,
    ...logBlock('console', console, { kernel: id }),
    ...scenarios.flatMap((machine) => logBlock(`console (${machineLabel(machine)})`, machine.console, { kernel: id })),
  ];
}

/** What was tested, on what, with what. */
export function aboutRun(report: RunReport): readonly PageFact[] {
  const { tool, host, options, objects, agent, others, notices, started, ms } = report;
  const agents = agent === null ? [] : [agent, ...others];
  const accel = `${options.accel}${host.accel === null ? '' : ` (${host.accel})`}`;
  const rows: readonly (readonly [string, string])[] = [
    ...objects.flatMap(eachBuild).map(({ build: one, named }) => {
      const text = `${one.name}  ${one.file}, sha256 ${shortHash(one.sha256)}, ${shortCompiler(one)}`;
      return [named === null ? 'object' : `object for ${named}`, text] as const;
    }),
    ...agents.flatMap(eachBuild).map(({ build: one, named }) => {
      const text = `${one.name}  ${one.file}, sha256 ${shortHash(one.sha256)}`;
      return [named === null ? 'agent' : `agent for ${named}`, text] as const;
    }),
    ['tool', [`${tool.name} ${tool.version}`, ...libbpfVersions(report), ...describeLoader(options)].join(', ')],
    ['host', `node ${host.node}, QEMU ${host.qemu ?? 'none'}, accel ${accel}, ${options.jobs} at a time`],
    ['started', `${started}, ${formatDuration(ms)}`],
    ...(options.given.length === 0 ? [] : [['given', options.given.join(' ')] as const]),
    ...notices.map((text) => ['notice', text] as const),
  ];
  return rows.flatMap(([label, text]) => pageFact(label, text));
}

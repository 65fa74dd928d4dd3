// SPDX-License-Identifier: Apache-2.0
import type { GuestFacts } from '../../model/facts.js';
import type { KernelIdentity } from '../../model/kernel.js';
import type { BrokenKernel, Explanation, KernelReport, RunReport, SourceLine } from '../../model/report.js';
import { oneFile } from '../destination.js';
import { bisectionMarkdown } from '../pages/bisection.js';
import { comparisonMarkdown } from '../pages/comparison.js';
import type { ReporterDefinition } from '../reporter.js';
import { hasOwnFault, ownFault, wholeObject } from '../views/cases.js';
import { checkFailuresOf, gainsOf, notOfferedTexts, type ScenarioFailure } from '../views/check-failures.js';
import { conditionBlocks } from '../views/conditions.js';
import { describeFailure } from '../views/checks.js';
import { failuresOf, type Failure } from '../views/failures.js';
import { describeBoot, describeLoader, duration, grouped, shortCompiler, shortHash } from '../views/format.js';
import { gridsOf, type Grid } from '../views/grid.js';
import { libbpfVersions } from '../views/identity.js';
import { cellLabels, codeOf, exitLabel, verdictLabels } from '../views/labels.js';
import {
  block,
  code,
  details,
  escape,
  htmlCode,
  markdownLimit,
  tableRow,
  withinBudget,
  type Block,
} from '../views/markdown.js';
import { checkTable, programTable } from '../views/markdown-tables.js';
import { partialBlocks } from '../views/partial.js';
import { checkTotals, kernelTotals, programTotals } from '../views/totals.js';
import { unattachedBlocks } from '../views/unattached.js';
import { unsizedBlocks } from '../views/unsized.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from '../views/why.js';

/** `summary.md`, what a GitHub step summary shows; `compare.md` and `bisect.md`. */
export const markdownReporter: ReporterDefinition = {
  writes: 'file',
  kinds: {
    run: oneFile('markdown', 'summary.md', ({ report }) => renderMarkdown(report)),
    comparison: oneFile('markdown', 'compare.md', comparisonMarkdown),
    bisection: oneFile('markdown', 'bisect.md', bisectionMarkdown),
  },
};

/** The verdict first, then what led to it; at most `limit` bytes. */
export function renderMarkdown(report: RunReport, limit: number = markdownLimit): string {
  const grids = gridsOf(report);
  const failures = failuresOf(report);
  const held = failures.filter((failure) => failure.kind !== 'optional').map(failureBlock);
  const optional = failures.filter((failure) => failure.kind === 'optional').map(failureBlock);
  const checks = checkTable(report);
  return withinBudget(
    [
      { title: null, blocks: [headline(report, grids)] },
      { title: null, blocks: grids.map((grid) => programTable(grid, grids.length > 1)) },
      { title: null, blocks: checks === null ? [] : [checks] },
      { title: 'Findings about the run', blocks: findingBlocks(report) },
      { title: 'Failures', blocks: held },
      { title: 'Failed checks', blocks: checkFailureBlocks(report) },
      { title: 'Broken machines of scenarios', blocks: brokenMachineBlocks(report) },
      { title: 'Command', blocks: commandBlocks(report) },
      { title: 'Broken kernels', blocks: brokenBlocks(report) },
      { title: 'Kernels that could not be had', blocks: absentBlocks(report) },
      { title: 'Optional programs not to be had', blocks: optional },
      { title: 'Loaded with', blocks: conditionBlocks(report) },
      { title: 'What loads of the rest', blocks: partialBlocks(report) },
      { title: 'Loaded and not attached', blocks: unattachedBlocks(report) },
      { title: 'Maps without a size', blocks: unsizedBlocks(report) },
      { title: 'Improvements to write down', blocks: gainBlocks(report) },
      { title: 'Not offered', blocks: notOfferedBlocks(report) },
      { title: 'Notes', blocks: noteBlocks(report) },
      { title: null, blocks: [identityBlock(report)] },
    ],
    limit,
  );
}

function headline(report: RunReport, grids: readonly Grid[]): Block {
  const { symbol, text, meaning } = exitLabel(report.exitCode);
  const totals = [`${kernelTotals(report)}; ${programTotals(grids)}`, ...checkTotals(report)].join('. ');
  return [
    `## ${symbol} ${escape(report.tool.name)}: ${text}`,
    '',
    `${totals}. Exit ${report.exitCode}: ${meaning}.`,
    '',
  ];
}

function findingBlocks(report: RunReport): readonly Block[] {
  const findings = report.findings.map(({ verdict, message }) => [
    `- ${verdictLabels[verdict.kind].symbol} **${escape(codeOf(verdict) ?? '')}**: ${escape(message)}`,
  ]);
  return findings.length === 0 ? [] : [...findings, ['']];
}

function failureBlock(failure: Failure): Block {
  const { symbol } = cellLabels[failure.kind];
  const item = failure.item === wholeObject ? `${failure.object}, ${wholeObject}` : `${failure.object}/${failure.item}`;
  const where = failure.kernels.map((kernel) => `<b>${escape(kernel)}</b>`).join(', ');
  const { why } = failure;
  const errno = why === null ? '' : `, ${escape(why.errno)}`;
  return details(`${symbol} ${where} ${htmlCode(item)} ${failure.code} (${failure.step}${errno})`, [
    ...(why === null ? ['No further evidence.'] : [code(why.decidingLine), '']),
    ...sourceItem('at', why?.source ?? null),
    ...sourceItem('from', why?.origin ?? null),
    ...(why === null ? [] : causeLines(why)),
    ...failure.logs.map((log) => `- log ${code(log)}`),
  ]);
}

function causeLines(why: Explanation): readonly string[] {
  const shown = [
    ...excerptLines(why),
    ...pathLines(why).map((line) => `via ${line}`),
    ...ladderLines(why).map((line) => `tried ${line}`),
  ];
  return [
    ...causeFacts(why).map(([label, text]) => `- ${label} ${label === 'page' ? code(text) : escape(text)}`),
    ...(shown.length === 0 ? [] : ['', ...block(shown), '']),
  ];
}

function sourceItem(label: string, source: SourceLine | null): readonly string[] {
  return source === null ? [] : [`- ${label} ${code(`${source.file}:${source.line}`)} ${code(source.text.trim())}`];
}

/** Failed checks, a collapsed block a scenario, so that the size limit can leave out the last ones. */
function checkFailureBlocks(report: RunReport): readonly Block[] {
  return checkFailuresOf(report).flatMap(({ shown, more }) => {
    const rest = more.map(({ code: failure, count }) => `${grouped(count)} more ${failure}`);
    const note = rest.length === 0 ? [] : [[`_and ${rest.join(', ')} in junit.xml_`, '']];
    return [...shown.map(scenarioBlock), ...note];
  });
}

function scenarioBlock({ class: name, environment, scenario, checks, kernels }: ScenarioFailure): Block {
  const where = kernels.map((kernel) => `<b>${escape(kernel)}</b>`).join(', ');
  const codes = [...new Set(checks.map(({ outcome }) => outcome.code))].join(', ');
  const title = `${verdictLabels.fail.symbol} ${where} ${name} (${environment}): ${escape(scenario)}: ${codes}`;
  const body = checks.flatMap(({ check, attempt, outcome }) => [
    `**${escape(check)}**: ${escape(describeFailure(outcome))}`,
    '',
    ...(attempt === null ? [] : [`Attempt: ${code(attempt)}`, '']),
    ...(outcome.evidence.length === 0 ? [] : [...evidenceLines(outcome.evidence, kernels), '']),
  ]);
  return details(title, body);
}

function evidenceLines(lines: readonly string[], kernels: readonly string[]): readonly string[] {
  const [first] = kernels;
  return [...(kernels.length > 1 ? [`Evidence of ${escape(first ?? '')}:`, ''] : []), ...block(lines)];
}

function brokenMachineBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable') return [];
    return kernel.scenarios.flatMap(({ environment, fault, console }) => {
      if (fault === null) return [];
      const { symbol } = verdictLabels.infra;
      const title = `${symbol} <b>${escape(kernel.id)}</b> (${environment}) ${fault.cause}: ${escape(fault.message)}`;
      return [details(title, machineBody({ ...fault, console }))];
    });
  });
}

/** The command in each kernel: a line for a pass, its last output collapsed for a failure. */
function commandBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || kernel.command === null) return [];
    const { verdict, detail, tail, stdout, stderr } = kernel.command;
    const { symbol } = verdictLabels[verdict.kind];
    if (verdict.kind === 'pass') return [[`- ${symbol} **${escape(kernel.id)}** ${code(detail)}`]];
    const title = `${symbol} <b>${escape(kernel.id)}</b> ${codeOf(verdict) ?? ''}: ${escape(detail)}`;
    return [details(title, [...block(tail), '', `- stdout ${code(stdout)}`, `- stderr ${code(stderr)}`])];
  });
}

/** Machines that broke, collapsed: the cause in the summary line, the console inside. */
function brokenBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || !hasOwnFault(kernel)) return [];
    const { kind, code: cause } = ownFault(kernel);
    const title = `${verdictLabels[kind].symbol} <b>${escape(kernel.id)}</b> ${cause}: ${escape(kernel.detail)}`;
    if (kernel.status === 'ran') return [details(title, [escape(kernel.detail)])];
    return [details(title, machineBody(kernel))];
  });
}

function machineBody(machine: Pick<BrokenKernel, 'consoleTail' | 'next' | 'console'>): readonly string[] {
  const log =
    machine.console === null ? 'QEMU never started, so there is no console.' : `Console: ${code(machine.console)}`;
  return [...block(machine.consoleTail), '', `Next: ${escape(machine.next)}`, '', log];
}

function absentBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status !== 'unavailable') return [];
    const title = `${verdictLabels.unavailable.symbol} <b>${escape(kernel.id)}</b> ${kernel.reason}: ${escape(kernel.detail)}`;
    const tried = kernel.tried.map((line) => `- tried ${escape(line)}`);
    return [details(title, [...tried, '', `Next: ${escape(kernel.next)}`])];
  });
}

function gainBlocks(report: RunReport): readonly Block[] {
  const gains = gainsOf(report).map(({ kernels, label, scenario, check, detail }) => [
    `- **${kernels.map(escape).join(', ')}** ${escape(`${label}: ${scenario}, ${check}: ${detail}`)}`,
  ]);
  return gains.length === 0 ? [] : [...gains, ['']];
}

function notOfferedBlocks(report: RunReport): readonly Block[] {
  const texts = notOfferedTexts(report).map((text) => `- ${escape(text)}`);
  return texts.length === 0 ? [] : [[...texts, '']];
}

function noteBlocks(report: RunReport): readonly Block[] {
  const notes = report.kernels.flatMap((kernel) =>
    kernel.notes.map((note) => [`- ⚠️ **${escape(kernel.id)}**: ${escape(note)}`]),
  );
  const notices = report.notices.map((notice) => [`- ${escape(notice)}`]);
  return notes.length + notices.length === 0 ? [] : [...notes, ...notices, ['']];
}

const identityHead = ['kernel', 'release', 'package version', 'lock', 'image', 'BTF', 'boot', 'libbpf', 'cmdline'];

/** What exactly was tested, collapsed: needed to repeat a result, not to read it. */
function identityBlock(report: RunReport): Block {
  const { tool, host, options, agent } = report;
  const kernels = [tableRow(identityHead), tableRow(identityHead.map(() => '---')), ...report.kernels.map(identityRow)];
  const objects = report.objects.map(
    (object) =>
      `- object ${code(object.name)}: ${code(object.file)}, sha256 ${code(shortHash(object.sha256))}, ${escape(shortCompiler(object))}`,
  );
  const agents =
    agent === null ? [] : [`- agent ${code(agent.name)}: ${code(agent.file)}, sha256 ${code(shortHash(agent.sha256))}`];
  const machine = [
    `${escape(tool.name)} ${escape(tool.version)}`,
    ...libbpfVersions(report).map(escape),
    `node ${escape(host.node)}`,
    `QEMU ${escape(host.qemu ?? 'none')}`,
    `accel ${options.accel}${host.accel === null ? '' : ` (${host.accel})`}`,
    `${options.jobs} at a time`,
    ...describeLoader(options),
    duration(report.ms),
  ];
  return details('Identities', [...kernels, '', ...objects, ...agents, `- ${machine.join(', ')}`]);
}

function identityRow(kernel: KernelReport): string {
  const id = escape(kernel.id);
  if (kernel.status === 'unavailable') return tableRow([id, kernel.reason, ...identityHead.slice(2).map(() => '')]);
  const { identity, facts, boot } = kernel;
  return tableRow([
    id,
    escape(facts?.release ?? '?'),
    escape(identity.version ?? identity.source),
    lockText(identity),
    code(shortHash(identity.imageSha256)),
    btfText(facts),
    boot === null ? '' : describeBoot(boot),
    escape(facts?.libbpf ?? '?'),
    boot === null ? '' : code(boot.cmdline),
  ]);
}

function lockText({ lock, pinnedVersion }: KernelIdentity): string {
  return lock === 'drifted' ? `**DRIFTED** from ${escape(pinnedVersion ?? '?')}` : lock;
}

function btfText(facts: GuestFacts | null): string {
  if (facts === null) return '?';
  return facts.btf === null ? 'none' : code(shortHash(facts.btf.sha256));
}

// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import { eachBuild } from '../../model/builds.js';
import { nextSteps } from '../../model/next-steps.js';
import type { GuestFacts } from '../../model/facts.js';
import type { KernelIdentity } from '../../model/kernel.js';
import type { BrokenKernel, Explanation, KernelReport, RunReport, SourceLine } from '../../model/report.js';
import { verdictCode } from '../../model/verdict.js';
import { oneFileReporter } from '../destination.js';
import { bisectionMarkdown } from '../pages/bisection.js';
import { comparisonMarkdown } from '../pages/comparison.js';
import { changedBlocks, isChangeShown } from '../pages/run-changes-markdown.js';
import { costBlocks } from '../pages/cost.js';
import { findingBlock } from '../pages/run-findings-markdown.js';
import type { BaselineResult, FinishedRun, ReporterDefinition } from '../reporter.js';
import { describeBaseline } from '../views/baseline.js';
import { hasKernelFault, kernelFault, wholeObject } from '../views/cases.js';
import { checkFailuresOf, type Gain, gainsOf, otherwisePassed, type ScenarioFailure } from '../views/check-failures.js';
import { conditionBlocks } from '../views/conditions.js';
import { describeFailedCheck } from '../views/checks.js';
import { type DocLink, docLink, unlinkedDoc } from '../views/doc-link.js';
import { failuresOf, type Failure } from '../views/failures.js';
import {
  describeBoot,
  describeLoader,
  formatCount,
  formatDuration,
  formatNumber,
  shortCompiler,
  shortHash,
} from '../views/format.js';
import { findingsIn } from '../views/findings.js';
import { gridsOf, type Grid } from '../views/grid.js';
import { libbpfVersions } from '../views/identity.js';
import { cellLabels, exitLabel, verdictLabels } from '../views/labels.js';
import {
  markdownBlock,
  markdownCode,
  markdownDetails,
  escapeMarkdown,
  htmlCode,
  markdownLimit,
  markdownProse,
  markdownTableRow,
  markdownWithin,
  type Block,
  type Section,
} from '../views/markdown.js';
import { checkTable, programTable, supportTable } from '../views/markdown-tables.js';
import { describeNotOffered, type NotOfferedReason, notOfferedSides } from '../views/not-offered.js';
import { partialBlocks } from '../views/partial.js';
import { checkTotals, kernelTime, kernelTotals, programTotals, reusedTotals } from '../views/totals.js';
import { unattachedBlocks } from '../views/unattached.js';
import { unsizedBlocks } from '../views/unsized.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from '../views/why.js';

/** `summary.md`, what a GitHub step summary shows; `compare.md` and `bisect.md`. */
export const markdownReporter: ReporterDefinition = {
  writes: 'file',
  kinds: {
    run: (to) =>
      oneFileReporter<'run'>('markdown', 'summary.md', ({ report, baseline }) =>
        renderMarkdown(report, baseline, { link: docLink(to) }),
      )(to),
    comparison: oneFileReporter('markdown', 'compare.md', comparisonMarkdown),
    bisection: oneFileReporter('markdown', 'bisect.md', bisectionMarkdown),
  },
};

/** What failed or changed first, then everything that was run, green tables folded; at most `limit` bytes. */
export function renderMarkdown(
  report: RunReport,
  baseline: BaselineResult | null = null,
  { limit = markdownLimit, link = unlinkedDoc }: { readonly limit?: number; readonly link?: DocLink } = {},
): string {
  const run: FinishedRun = { report, baseline };
  const grids = gridsOf(report);
  const failures = failuresOf(report);
  const sections: readonly Section[] = [
    { title: null, blocks: [headline(run, grids)], room: 'reserved' },
    ...redSections(run, failures, link),
    ...tableSections(report, grids),
    ...noteSections(run, failures, link),
    { title: null, blocks: [identityBlock(report)] },
  ];
  return markdownWithin(sections, limit);
}

/** What fails the run, and what is other than in the baseline. */
function redSections(run: FinishedRun, failures: readonly Failure[], link: DocLink): readonly Section[] {
  const { report } = run;
  const changed = changedBlocks(run);
  return [
    { title: 'Worse than the baseline', blocks: changed.worse },
    { title: 'Findings about the run', blocks: findingBlocks(run) },
    { title: 'Failures', blocks: failureBlocks(failures, link, ['fail', 'infra']) },
    { title: 'Findings', blocks: findingsIn(report).map((shown) => findingBlock(shown, link)) },
    { title: 'Failed checks', blocks: checkFailureBlocks(report) },
    { title: 'Broken machines of scenarios', blocks: brokenMachineBlocks(report) },
    { title: 'Command', blocks: commandBlocks(report) },
    { title: 'Broken kernels', blocks: brokenBlocks(report) },
    { title: 'Kernels that were not run', blocks: absentBlocks(report) },
    { title: 'Other than in the baseline', blocks: changed.other },
  ];
}

/** All programs and classes by kernels. */
function tableSections(report: RunReport, grids: readonly Grid[]): readonly Section[] {
  const checks = checkTable(report);
  const support = supportTable(report);
  return [
    { title: null, blocks: grids.map((grid) => programTable(grid, grids.length > 1)), room: 'reserved' },
    { title: 'Which kernels take it', blocks: support === null ? [] : [support] },
    { title: null, blocks: checks === null ? [] : [checks], room: 'reserved' },
  ];
}

/** What fails nothing and should be known. */
function noteSections(run: FinishedRun, failures: readonly Failure[], link: DocLink): readonly Section[] {
  const { report } = run;
  return [
    { title: 'Optional programs not to be had', blocks: failureBlocks(failures, link, ['optional']) },
    { title: 'Failed as expected', blocks: failureBlocks(failures, link, ['expected']) },
    { title: 'Loaded with', blocks: conditionBlocks(report) },
    { title: 'What loads of the rest', blocks: partialBlocks(report) },
    { title: 'Loaded and not attached', blocks: unattachedBlocks(report) },
    { title: 'Maps without a size', blocks: unsizedBlocks(report) },
    { title: 'What the verifier spends', blocks: costBlocks(report) },
    { title: 'Improvements to write down', blocks: gainBlocks(gainsOf(report)) },
    { title: 'Denied by another rule', blocks: gainBlocks(otherwisePassed(report)) },
    { title: 'Not offered', blocks: notOfferedBlocks(report) },
    { title: 'Notes', blocks: noteBlocks(run) },
  ];
}

function headline({ report, baseline }: FinishedRun, grids: readonly Grid[]): Block {
  const compared = describeBaseline(baseline);
  const { symbol, text, meaning } = exitLabel(report.exitCode);
  const totals = [`${kernelTotals(report)}; ${programTotals(grids)}`, ...checkTotals(report)].join('. ');
  return [
    `## ${symbol} ${escapeMarkdown(report.tool.name)}: ${text}`,
    '',
    `${totals}. Exit ${report.exitCode}: ${meaning}.`,
    '',
    ...(compared === null ? [] : [`${escapeMarkdown(compared)}.`, '']),
    ...reusedTotals(report).flatMap((line) => [`${escapeMarkdown(line)}.`, '']),
  ];
}

function findingBlocks(run: FinishedRun): readonly Block[] {
  const own = run.report.findings.filter(({ verdict }) => !isChangeShown(run, { verdict }));
  const findings = own.map(({ verdict, message }) => [
    `- ${verdictLabels[verdict.kind].symbol} **${escapeMarkdown(verdictCode(verdict) ?? '')}**: ${escapeMarkdown(message)}`,
    ...(verdict.kind === 'fail' ? [`  - do: ${markdownProse(nextSteps[verdict.code])}`] : []),
  ]);
  return findings.length === 0 ? [] : [...findings, ['']];
}

function failureBlocks(all: readonly Failure[], link: DocLink, kinds: readonly Failure['kind'][]): readonly Block[] {
  const failures = all.filter(({ kind }) => kinds.includes(kind));
  const at = kinds.includes('fail') && failures.length <= shownOpen ? 'open' : 'folded';
  return failures.map((failure) => failureBlock(failure, link, at));
}

/** So many failures are read without a click. */
const shownOpen = 3;

function failureBlock(failure: Failure, link: DocLink, at: 'folded' | 'open'): Block {
  const { symbol } = cellLabels[failure.kind];
  const item = failure.item === wholeObject ? `${failure.object}, ${wholeObject}` : `${failure.object}/${failure.item}`;
  const where = failure.kernels.map((kernel) => `<b>${escapeMarkdown(kernel)}</b>`).join(', ');
  const { why } = failure;
  const errno = why === null ? '' : `, ${escapeMarkdown(why.errno)}`;
  return markdownDetails(
    `${symbol} ${where} ${htmlCode(item)} ${failure.code} (${failure.step}${errno})`,
    [
      ...(why === null ? ['No further evidence.', ''] : [markdownCode(why.decidingLine), '']),
      ...(failure.note === null ? [] : [escapeMarkdown(failure.note), '']),
      ...sourceItem('at', why?.source ?? null),
      ...sourceItem('from', why?.origin ?? null),
      ...(why === null ? [] : causeLines(why, link)),
      ...failure.logs.map((log) => `- log ${markdownCode(log)}`),
    ],
    at,
  );
}

function causeLines(why: Explanation, link: DocLink): readonly string[] {
  const shown = [
    ...excerptLines(why),
    ...pathLines(why).map((line) => `via ${line}`),
    ...ladderLines(why).map((line) => `tried ${line}`),
  ];
  return [
    ...causeFacts(why).map(([label, text]) => `- ${label} ${label === 'page' ? link(text) : markdownProse(text)}`),
    ...(shown.length === 0 ? [] : ['', ...markdownBlock(shown), '']),
  ];
}

function sourceItem(label: string, source: SourceLine | null): readonly string[] {
  return source === null
    ? []
    : [`- ${label} ${markdownCode(`${source.file}:${source.line}`)} ${markdownCode(source.text.trim())}`];
}

/** Failed checks, a collapsed block a scenario, so that the size limit can leave out the last ones. */
function checkFailureBlocks(report: RunReport): readonly Block[] {
  return checkFailuresOf(report).flatMap(({ shown, more }) => {
    const rest = more.map(({ code: failure, count }) => `${formatNumber(count)} more ${failure}`);
    const note = rest.length === 0 ? [] : [[`_and ${rest.join(', ')} in junit.xml_`, '']];
    return [...shown.map(scenarioBlock), ...note];
  });
}

function scenarioBlock({ class: name, environment, contract, scenario, checks, kernels }: ScenarioFailure): Block {
  const where = kernels.map((kernel) => `<b>${escapeMarkdown(kernel)}</b>`).join(', ');
  const codes = [...new Set(checks.map(({ outcome }) => outcome.code))].join(', ');
  const title = `${verdictLabels.fail.symbol} ${where} ${name} (${machineLabel({ contract, environment })}): ${escapeMarkdown(scenario)}: ${codes}`;
  const body = checks.flatMap(({ check, attempt, outcome }) => [
    `**${escapeMarkdown(check)}**: ${escapeMarkdown(describeFailedCheck(outcome))}`,
    '',
    ...(attempt === null ? [] : [`Attempt: ${markdownCode(attempt)}`, '']),
    ...(outcome.evidence.length === 0 ? [] : [...evidenceLines(outcome.evidence, kernels), '']),
  ]);
  return markdownDetails(title, body);
}

function evidenceLines(lines: readonly string[], kernels: readonly string[]): readonly string[] {
  const [first] = kernels;
  return [...(kernels.length > 1 ? [`Evidence of ${escapeMarkdown(first ?? '')}:`, ''] : []), ...markdownBlock(lines)];
}

function brokenMachineBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable') return [];
    return kernel.scenarios.flatMap((machine) => {
      const { fault, console } = machine;
      if (fault === null) return [];
      const { symbol } = verdictLabels.infra;
      const title = `${symbol} <b>${escapeMarkdown(kernel.id)}</b> (${machineLabel(machine)}) ${fault.cause}: ${escapeMarkdown(fault.message)}`;
      return [markdownDetails(title, machineBody({ ...fault, console }))];
    });
  });
}

/** The command in each kernel: a line for a pass, its last output collapsed for a failure. */
function commandBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || kernel.command === null) return [];
    const { verdict, detail, tail, stdout, stderr } = kernel.command;
    const { symbol } = verdictLabels[verdict.kind];
    if (verdict.kind === 'pass') return [[`- ${symbol} **${escapeMarkdown(kernel.id)}** ${markdownCode(detail)}`]];
    const title = `${symbol} <b>${escapeMarkdown(kernel.id)}</b> ${verdictCode(verdict) ?? ''}: ${escapeMarkdown(detail)}`;
    return [
      markdownDetails(title, [
        ...markdownBlock(tail),
        '',
        `- stdout ${markdownCode(stdout)}`,
        `- stderr ${markdownCode(stderr)}`,
      ]),
    ];
  });
}

/** Machines that broke, collapsed: the cause in the summary line, the console inside. */
function brokenBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || !hasKernelFault(kernel)) return [];
    const { kind, code: cause } = kernelFault(kernel);
    const title = `${verdictLabels[kind].symbol} <b>${escapeMarkdown(kernel.id)}</b> ${cause}: ${escapeMarkdown(kernel.detail)}`;
    if (kernel.status === 'ran') return [markdownDetails(title, [escapeMarkdown(kernel.detail)])];
    return [markdownDetails(title, machineBody(kernel))];
  });
}

function machineBody(machine: Pick<BrokenKernel, 'consoleTail' | 'next' | 'console'>): readonly string[] {
  const log =
    machine.console === null
      ? 'QEMU never started, so there is no console.'
      : `Console: ${markdownCode(machine.console)}`;
  return [...markdownBlock(machine.consoleTail), '', `Next: ${escapeMarkdown(machine.next)}`, '', log];
}

function absentBlocks(report: RunReport): readonly Block[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status !== 'unavailable') return [];
    const title = `${verdictLabels.unavailable.symbol} <b>${escapeMarkdown(kernel.id)}</b> ${kernel.reason}: ${escapeMarkdown(kernel.detail)}`;
    const tried = kernel.tried.map((line) => `- tried ${escapeMarkdown(line)}`);
    return [markdownDetails(title, [...tried, '', `Next: ${escapeMarkdown(kernel.next)}`])];
  });
}

function gainBlocks(all: readonly Gain[]): readonly Block[] {
  const gains = all.map(({ kernels, label, scenario, check, detail }) => [
    `- **${kernels.map(escapeMarkdown).join(', ')}** ${escapeMarkdown(`${label}: ${scenario}, ${check}: ${detail}`)}`,
  ]);
  return gains.length === 0 ? [] : [...gains, ['']];
}

function notOfferedBlocks(report: RunReport): readonly Block[] {
  return notOfferedSides(report).map((side) =>
    markdownDetails(escapeMarkdown(describeNotOffered(side)), side.reasons.flatMap(reasonLines)),
  );
}

function reasonLines({ detail, checks, scenarios }: NotOfferedReason): readonly string[] {
  const names = scenarios.map(
    ({ name, kernels }) => `- ${escapeMarkdown(name)} (${kernels.map(escapeMarkdown).join(', ')})`,
  );
  return [`**${escapeMarkdown(detail)}**: ${formatCount(checks, 'check')}`, '', ...names, ''];
}

function noteBlocks(run: FinishedRun): readonly Block[] {
  const { report } = run;
  const notes = report.kernels.flatMap((kernel) =>
    kernel.notes
      .filter((note) => !isChangeShown(run, { note }))
      .map((note) => [`- ⚠️ **${escapeMarkdown(kernel.id)}**: ${escapeMarkdown(note)}`]),
  );
  const notices = report.notices.map((notice) => [`- ${markdownProse(notice)}`]);
  return notes.length + notices.length === 0 ? [] : [...notes, ...notices, ['']];
}

const identityHead = [
  'kernel',
  'release',
  'package version',
  'lock',
  'image',
  'BTF',
  'boot',
  'time',
  'libbpf',
  'cmdline',
];

/** What exactly was tested, collapsed: needed to repeat a result, not to read it. */
function identityBlock(report: RunReport): Block {
  const { tool, host, options, agent, others } = report;
  const kernels = [
    markdownTableRow(identityHead),
    markdownTableRow(identityHead.map(() => '---')),
    ...report.kernels.map(identityRow),
  ];
  const objects = report.objects.flatMap(eachBuild).map(({ build, named }) => {
    return `${identityItem('object', build, named)}, ${escapeMarkdown(shortCompiler(build))}`;
  });
  const agents = (agent === null ? [] : [agent, ...others])
    .flatMap(eachBuild)
    .map(({ build, named }) => identityItem('agent', build, named));
  const machine = [
    `${escapeMarkdown(tool.name)} ${escapeMarkdown(tool.version)}`,
    ...libbpfVersions(report).map(escapeMarkdown),
    `node ${escapeMarkdown(host.node)}`,
    `QEMU ${escapeMarkdown(host.qemu ?? 'none')}`,
    `accel ${options.accel}${host.accel === null ? '' : ` (${host.accel})`}`,
    `${options.jobs} at a time`,
    ...describeLoader(options),
    formatDuration(report.ms),
  ];
  return markdownDetails('Identities', [...kernels, '', ...objects, ...agents, `- ${machine.join(', ')}`]);
}

function identityItem(
  what: string,
  { name, file, sha256 }: { readonly name: string; readonly file: string; readonly sha256: string },
  architecture: string | null,
): string {
  const of = architecture === null ? '' : ` for ${architecture}`;
  return `- ${what} ${markdownCode(name)}${of}: ${markdownCode(file)}, sha256 ${markdownCode(shortHash(sha256))}`;
}

function identityRow(kernel: KernelReport): string {
  const id = escapeMarkdown(kernel.id);
  if (kernel.status === 'unavailable')
    return markdownTableRow([id, kernel.reason, ...identityHead.slice(2).map(() => '')]);
  const { identity, facts, boot } = kernel;
  return markdownTableRow([
    id,
    escapeMarkdown(facts?.release ?? '?'),
    escapeMarkdown(identity.version ?? identity.source),
    lockText(identity),
    markdownCode(shortHash(identity.imageSha256)),
    btfText(facts),
    boot === null ? '' : describeBoot(boot),
    kernelTime(kernel),
    escapeMarkdown(facts?.libbpf ?? '?'),
    boot === null ? '' : markdownCode(boot.cmdline),
  ]);
}

function lockText({ lock, pinnedVersion }: KernelIdentity): string {
  if (lock === 'pending') return '**PENDING**';
  return lock === 'drifted' ? `**DRIFTED** from ${escapeMarkdown(pinnedVersion ?? '?')}` : lock;
}

function btfText(facts: GuestFacts | null): string {
  if (facts === null) return '?';
  return facts.btf === null ? 'none' : markdownCode(shortHash(facts.btf.sha256));
}

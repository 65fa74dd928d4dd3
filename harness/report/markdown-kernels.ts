import type { GuestFacts } from '../model/facts.js';
import type { KernelIdentity } from '../model/kernel.js';
import type { BrokenKernel, KernelReport, RunReport } from '../model/report.js';
import { hasOwnFault, ownFault } from './cases.js';
import { libbpfWords } from './identity.js';
import { block, code, details, escape, tableRow } from './markdown-text.js';
import { bootWords, duration, loaderWords, shortCompiler, shortHash, verdictWords } from './words.js';

/** Machines that broke, collapsed: the cause in the summary line, the console inside. */
export function brokenBlocks(report: RunReport): readonly (readonly string[])[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || !hasOwnFault(kernel)) return [];
    const { kind, code: cause } = ownFault(kernel);
    const title = `${verdictWords[kind].symbol} <b>${escape(kernel.id)}</b> ${cause}: ${escape(kernel.detail)}`;
    if (kernel.status === 'ran') return [details(title, [escape(kernel.detail)])];
    return [details(title, machineBody(kernel))];
  });
}

export function brokenMachineBlocks(report: RunReport): readonly (readonly string[])[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable') return [];
    return kernel.scenarios.flatMap(({ environment, fault, console }) => {
      if (fault === null) return [];
      const { symbol } = verdictWords.infra;
      const title = `${symbol} <b>${escape(kernel.id)}</b> (${environment}) ${fault.cause}: ${escape(fault.message)}`;
      return [details(title, machineBody({ ...fault, console }))];
    });
  });
}

function machineBody(machine: Pick<BrokenKernel, 'consoleTail' | 'next' | 'console'>): readonly string[] {
  const log =
    machine.console === null ? 'QEMU never started, so there is no console.' : `Console: ${code(machine.console)}`;
  return [...block(machine.consoleTail), '', `Next: ${escape(machine.next)}`, '', log];
}

export function absentBlocks(report: RunReport): readonly (readonly string[])[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status !== 'unavailable') return [];
    const title = `${verdictWords.unavailable.symbol} <b>${escape(kernel.id)}</b> ${kernel.reason}: ${escape(kernel.detail)}`;
    const tried = kernel.tried.map((line) => `- tried ${escape(line)}`);
    return [details(title, [...tried, '', `Next: ${escape(kernel.next)}`])];
  });
}

export function noteBlocks(report: RunReport): readonly (readonly string[])[] {
  const notes = report.kernels.flatMap((kernel) =>
    kernel.notes.map((note) => [`- ⚠️ **${escape(kernel.id)}**: ${escape(note)}`]),
  );
  const notices = report.notices.map((notice) => [`- ${escape(notice)}`]);
  return notes.length + notices.length === 0 ? [] : [...notes, ...notices, ['']];
}

const head = ['kernel', 'release', 'package version', 'lock', 'image', 'BTF', 'boot', 'libbpf', 'cmdline'];

/** What exactly was tested, collapsed: needed to repeat a result, not to read it. */
export function identityBlocks(report: RunReport): readonly (readonly string[])[] {
  const kernels = [tableRow(head), tableRow(head.map(() => '---')), ...report.kernels.map(identityRow)];
  const objects = report.objects.map(
    (object) =>
      `- object ${code(object.name)}: ${code(object.file)}, sha256 ${code(shortHash(object.sha256))}, ${escape(shortCompiler(object))}`,
  );
  const { tool, host, options, agent } = report;
  const agents =
    agent === null ? [] : [`- agent ${code(agent.name)}: ${code(agent.file)}, sha256 ${code(shortHash(agent.sha256))}`];
  const machine = [
    `${escape(tool.name)} ${escape(tool.version)}`,
    ...libbpfWords(report).map(escape),
    `node ${escape(host.node)}`,
    `QEMU ${escape(host.qemu ?? 'none')}`,
    `accel ${options.accel}${host.accel === null ? '' : ` (${host.accel})`}`,
    `${options.jobs} at a time`,
    ...loaderWords(options),
    duration(report.ms),
  ];
  return [details('Identities', [...kernels, '', ...objects, ...agents, `- ${machine.join(', ')}`])];
}

function identityRow(kernel: KernelReport): string {
  const id = escape(kernel.id);
  if (kernel.status === 'unavailable') return tableRow([id, kernel.reason, ...head.slice(2).map(() => '')]);
  const { identity, facts, boot } = kernel;
  const machine = boot === null ? ['', ''] : [bootWords(boot), code(boot.cmdline)];
  const [booted = '', cmdline = ''] = machine;
  return tableRow([
    id,
    escape(facts?.release ?? '?'),
    escape(identity.version ?? identity.source),
    lockText(identity),
    code(shortHash(identity.imageSha256)),
    btfText(facts),
    booted,
    escape(facts?.libbpf ?? '?'),
    cmdline,
  ]);
}

function lockText({ lock, pinnedVersion }: KernelIdentity): string {
  return lock === 'drifted' ? `**DRIFTED** from ${escape(pinnedVersion ?? '?')}` : lock;
}

function btfText(facts: GuestFacts | null): string {
  if (facts === null) return '?';
  return facts.btf === null ? 'none' : code(shortHash(facts.btf.sha256));
}

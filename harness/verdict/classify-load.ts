// SPDX-License-Identifier: Apache-2.0
import type { ProgramEvidence } from '../model/evidence.js';
import type { GuestFacts } from '../model/facts.js';
import type { FailureCode } from '../model/verdict.js';
import { tableCause } from './causes-table.js';
import { targetLine } from './causes-target.js';
import { errnoName } from '../model/errno.js';
import { judgeLadder } from './ladder.js';
import { decisiveLibbpfMessage } from './libbpf-messages.js';
import { type LogReading, readVerifierLog } from './verifier-log.js';

/** A code and the one line of evidence it rests on. */
export interface Reason {
  readonly code: FailureCode;
  readonly decidingLine: string;
  readonly insn: number | null;
}

interface Case {
  readonly evidence: ProgramEvidence;
  readonly facts: Pick<GuestFacts, 'btf'>;
  readonly log: LogReading;
}

type Rule = (rejection: Case) => Omit<Reason, 'insn'> | null;

/** In order: the first rule that has evidence decides. */
const rules: readonly Rule[] = [
  objectInvalid,
  targetUnavailable,
  mapUnsupported,
  btfMissing,
  hookMissing,
  tableMissing,
  coreRelocation,
  helperUnsupported,
  verifierRejected,
  progTypeUnsupported,
];

/** Why one program did not load. Every code but LOAD_FAILED needs evidence of its own kind. */
export function classifyLoad(evidence: ProgramEvidence, facts: Pick<GuestFacts, 'btf'>): Reason {
  const rejection = { evidence, facts, log: readVerifierLog(evidence.log) };
  for (const rule of rules) {
    const reason = rule(rejection);
    if (reason !== null) return { ...reason, insn: rejection.log.insn };
  }
  return { code: 'LOAD_FAILED', decidingLine: lastResort(rejection), insn: rejection.log.insn };
}

function objectInvalid({ evidence }: Case): ReturnType<Rule> {
  if (evidence.stage !== 'open') return null;
  return { code: 'OBJECT_INVALID', decidingLine: withWords(evidence, `open: ${errnoName(evidence.errno)}`) };
}

/** What it is attached to could not be had: all else that libbpf said is of that, and not of the program. */
function targetUnavailable({ evidence }: Case): ReturnType<Rule> {
  const decidingLine = evidence.stage === 'prepare' ? targetLine(evidence.program, evidence.libbpf) : null;
  return decidingLine === null ? null : { code: 'LOAD_FAILED', decidingLine };
}

function mapUnsupported({ evidence, log }: Case): ReturnType<Rule> {
  const maps = evidence.missingMaps.join(', ');
  if (evidence.stage === 'map' && maps !== '') {
    return { code: 'MAP_UNSUPPORTED', decidingLine: `BPF_MAP_CREATE ${maps}: ${errnoName(evidence.errno)}` };
  }
  const given = evidence.libbpf.find((line) => /^(?:inner|existing) map of map '.*': BPF_MAP_CREATE /.test(line));
  if (evidence.stage === 'map' && given !== undefined) return { code: 'MAP_UNSUPPORTED', decidingLine: given };
  const decidingLine = log.verdictLines.find((line) => /^BPF map '.*' is referenced but wasn't created$/.test(line));
  if (decidingLine !== undefined) return { code: 'MAP_UNSUPPORTED', decidingLine };
  return evidence.missingMaps.length > 0
    ? { code: 'MAP_UNSUPPORTED', decidingLine: `uses map ${maps}, which this kernel could not create` }
    : null;
}

/** libbpf gave up before it asked the kernel, and the kernel has no BTF to ask. */
function btfMissing({ evidence, facts }: Case): ReturnType<Rule> {
  if (evidence.stage !== 'prepare' || facts.btf !== null) return null;
  return { code: 'BTF_MISSING', decidingLine: 'this kernel has no /sys/kernel/btf/vmlinux' };
}

function hookMissing({ evidence }: Case): ReturnType<Rule> {
  const point = evidence.attachPoint;
  if (point?.exists !== false || evidence.log !== '') return null;
  return {
    code: 'HOOK_MISSING',
    decidingLine: `this kernel has no ${point.name} to attach to (${errnoName(evidence.errno)}, empty log)`,
  };
}

/** libbpf found no such table of struct_ops, or no such member of it; the kernel's BTF says the same. */
function tableMissing({ evidence }: Case): ReturnType<Rule> {
  const { kernelTypes } = evidence;
  const line = evidence.libbpf.find((words) => tableCause({ libbpf: [words], kernelTypes }) !== null);
  if (evidence.stage !== 'prepare' || line === undefined) return null;
  return { code: 'HOOK_MISSING', decidingLine: `${line} (libbpf prepares tables for the whole object)` };
}

/** libbpf poisons an unresolved relocation with a call to 0xbad2310; the verifier trips over it when it is reached. */
function coreRelocation({ evidence, log }: Case): ReturnType<Rule> {
  const decidingLine = log.verdictLines.find(
    (line) => line.startsWith('failed to resolve CO-RE relocation ') || /\bunknown#195896080\b/.test(line),
  );
  if (decidingLine !== undefined) return { code: 'CORE_RELOCATION', decidingLine };
  const refused = evidence.libbpf.find((line) =>
    /^prog '[^']*': (?:relo #\d+: |failed to relocate|.*CO-RE)/.test(line),
  );
  return evidence.stage === 'prepare' && refused !== undefined
    ? { code: 'CORE_RELOCATION', decidingLine: refused }
    : null;
}

const helperWords = [
  // check_helper_call(): no such helper, or not for this program type
  /^(?:unknown|invalid) func \S+#\d+/,
  /^program of this type cannot use helper /,
  // func_proto->allowed(): bpf_d_path is for a list of hooks that grew with time
  /^helper call is not allowed in probe$/,
  // fetch_kfunc_meta(), add_kfunc_call()
  /^calling (?:kernel function|invalid kernel function)/,
  /^kernel btf_id \d+ is not a /,
  /^kfunc '.*' is referenced but wasn't resolved$/,
];

function helperUnsupported({ evidence, log }: Case): ReturnType<Rule> {
  const decidingLine = log.verdictLines.find((line) => helperWords.some((pattern) => pattern.test(line)));
  if (decidingLine !== undefined) return { code: 'HELPER_UNSUPPORTED', decidingLine };
  const extern = evidence.libbpf.find((line) => /^extern \((?:func|var) ksym\) '[^']*':? .*not found/.test(line));
  return evidence.stage === 'prepare' && extern !== undefined
    ? { code: 'HELPER_UNSUPPORTED', decidingLine: `${extern} (libbpf resolves externs for the whole object)` }
    : null;
}

function verifierRejected({ evidence, log }: Case): ReturnType<Rule> {
  if (evidence.stage !== 'prog' || log.decidingLine === null || log.decidingLine === '') return null;
  return { code: 'VERIFIER_REJECTED', decidingLine: log.decidingLine };
}

function progTypeUnsupported({ evidence }: Case): ReturnType<Rule> {
  if (evidence.progTypeSupported !== false) return null;
  return {
    code: 'PROG_TYPE_UNSUPPORTED',
    decidingLine: `this kernel refuses even a trivial program of this type (${errnoName(evidence.errno)})`,
  };
}

function lastResort({ evidence }: Case): string {
  const where = evidence.stage === 'prog' ? 'BPF_PROG_LOAD' : `stage ${evidence.stage}`;
  const log = evidence.log.trim() === '' ? 'empty log' : 'no verdict in its log';
  return withWords(evidence, `${where}: ${errnoName(evidence.errno)}, ${log}${ladderWords(evidence)}`);
}

function ladderWords({ ladder }: ProgramEvidence): string {
  const report = judgeLadder(ladder);
  if (report === null) return '';
  const others = `${report.tried.length - 1} other tries`;
  return report.stage === 'unknown' ? `; UNKNOWN, after ${others}` : `; found by ${others}: ${report.stage}`;
}

/** libbpf's first telling warning helps a person; it never decides. */
function withWords(evidence: ProgramEvidence, line: string): string {
  const words = decisiveLibbpfMessage(evidence.libbpf);
  return words === null ? line : `${line}; libbpf: ${words}`;
}

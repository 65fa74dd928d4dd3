// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { assertNever } from '../model/assert-never.js';
import type { CommandEnd, CommandReport } from '../model/command.js';
import type { KernelReport } from '../model/report.js';
import { shortLine } from '../model/short-line.js';
import type { Verdict } from '../model/verdict.js';
import type { CommandEvidence } from '../results/command.js';
import { commandOutputPath } from '../results/paths.js';
import type { KernelResult } from '../results/session.js';
import { errnoName } from '../model/errno.js';
import { judgeKernel } from './judge-kernel.js';
import { pass } from './judge-object.js';

const failed: Verdict = { kind: 'fail', stage: 'run', code: 'COMMAND_FAILED' };

/** Last lines of its output that go into the report; all of it is in the logs. */
const tailLines = 20;
/** Bytes that are looked at for them: output may have no line end at all. */
const tailBytes = 128 * 1024;

/** Judges a kernel by the command that ran in it. A machine that broke is reported as always, with the command if it ended. */
export function judgeCommand({ session, evidence }: Extract<KernelResult, { kind: 'command' }>): KernelReport {
  const kernel = judgeKernel({ kind: 'session', session, scenarios: [] }, []);
  if (evidence === null || kernel.status === 'unavailable') return kernel;
  const command = commandReport(evidence, kernel.id);
  if (kernel.status === 'ran') return { ...kernel, verdict: command.verdict, detail: command.detail, command };
  return { ...kernel, verdict: command.verdict.kind === 'fail' ? command.verdict : kernel.verdict, command };
}

function commandReport(evidence: CommandEvidence, kernel: string): CommandReport {
  const { argv, end, ms, stdout, stderr } = evidence;
  const said = lastLines(stderr);
  return {
    argv,
    end,
    verdict: end.kind === 'exited' && end.status === 0 ? pass : failed,
    detail: `${argv.join(' ')}: ${describeEnd(end, evidence.timeout)}`,
    tail: said.length > 0 ? said : lastLines(stdout),
    stdout: commandOutputPath(kernel, 'stdout'),
    stderr: commandOutputPath(kernel, 'stderr'),
    ms,
  };
}

function describeEnd(end: CommandEnd, timeout: number): string {
  switch (end.kind) {
    case 'exited':
      return `exit ${end.status}`;
    case 'signalled':
      return `killed by ${signalName(end.signal)}`;
    case 'timed-out':
      return `did not end within ${timeout / 1000} s and was killed`;
    case 'not-started':
      return `could not be started: ${errnoName(end.errno)}`;
    default:
      return assertNever(end);
  }
}

/** `SIGSEGV`; a real-time signal has only a number. */
function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

function lastLines(output: Buffer): readonly string[] {
  const text = output.subarray(-tailBytes).toString('utf8').trimEnd();
  return text === '' ? [] : text.split('\n').slice(-tailLines).map(shortLine);
}

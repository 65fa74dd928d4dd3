// SPDX-License-Identifier: Apache-2.0
import type { RunReport } from '../model/report.js';
import type { Ends } from './fault.js';
import type { Ended } from './running.js';

/** What is there after a run. */
export interface Aftermath {
  readonly ended: Ended;
  /** Null where there is none; a string says why it cannot be read. */
  readonly report: RunReport | string | null;
  readonly processes: readonly string[];
  /** Temporary files, and what lies beside the report folder. */
  readonly files: readonly string[];
}

/** What the run of an unharmed object must say. */
export interface Usual {
  readonly imageSha256: string;
  readonly programs: number;
}

/** KiB that the harness may take. */
const memoryMax = 300 * 1024;

const stack = /^\s+at (?:.*\()?(?:file:|node:|\/).*:\d+:\d+\)?$/m;
const blame = /UnhandledPromise|ERR_[A-Z_]+\b|fault of (?:bpf-matrix|the harness)|Uncaught/;

/** What is wrong with the end of a run, a sentence each; none when it is right. */
export function wrongOf(after: Aftermath, ends: Ends, usual: Usual): readonly string[] {
  const { ended, processes, files } = after;
  return [
    ...endWrong(ended, ends),
    ...textWrong(ended, ends),
    ...reportWrong(after, ends, usual),
    ...(ended.peak > memoryMax ? [`it took ${Math.round(ended.peak / 1024)} MiB`] : []),
    ...processes.map((one) => `still runs: ${one}`),
    ...(ends.mayLeave === true ? [] : files.map((one) => `is left: ${one}`)),
  ];
}

function endWrong({ code, signal, isHung, ms }: Ended, { codes, signals = [] }: Ends): readonly string[] {
  if (isHung) return [`it did not end within ${Math.round(ms / 1000)} s`];
  if (signal !== null) return signals.includes(signal) ? [] : [`it was killed by ${signal}`];
  return code !== null && codes.includes(code) ? [] : [`exit ${String(code)}, and not ${codes.join(' or ')}`];
}

/** One message for a person, and no stack of ours. */
function textWrong({ code, stdout, stderr }: Ended, { isMute = false }: Ends): readonly string[] {
  const text = `${stdout}\n${stderr}`;
  const errors = stderr.match(/^error: /gm) ?? [];
  const isSilent = !isMute && code !== 0 && code !== null && text.trim() === '';
  return [
    ...[stack, blame].flatMap((pattern) => pattern.exec(text)?.slice(0, 1) ?? []).map((one) => `says: ${one.trim()}`),
    ...(isSilent ? ['it says nothing'] : []),
    ...(errors.length > 1 ? [`${errors.length} errors for one fault`] : []),
  ];
}

function reportWrong({ ended, report }: Aftermath, ends: Ends, usual: Usual): readonly string[] {
  if (typeof report === 'string') return [`half a report: ${report}`];
  if (ended.code === 0 && report === null) return ['a pass without a report'];
  if (report === null) return [];
  const wrong: string[] = [];
  if (ended.code !== null && report.exitCode !== ended.code) {
    wrong.push(`run.json says exit ${report.exitCode}, and it was ${ended.code}`);
  }
  // A report says what was proved, whatever became of the process afterwards.
  if (report.exitCode === 0 && ends.passes === 'usual') wrong.push(...passWrong(report, usual));
  return wrong;
}

/** A pass is one only for the kernel that is locked, with every program of the object in it. */
function passWrong({ kernels }: RunReport, { imageSha256, programs }: Usual): readonly string[] {
  const [kernel, ...others] = kernels;
  if (kernel?.status !== 'ran' || others.length > 0) return ['a pass of no kernel'];
  const loaded = kernel.objects.flatMap((object) => object.programs).filter(({ verdict }) => verdict.kind === 'pass');
  const found = kernel.identity.imageSha256;
  return [
    ...(loaded.length === programs ? [] : [`a pass with ${loaded.length} programs of ${programs}`]),
    ...(found === imageSha256 ? [] : [`a pass of another image: ${found}`]),
  ];
}

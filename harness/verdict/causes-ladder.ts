// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';
import type { LadderReport, LadderStage } from '../model/report.js';
import type { Cause, CauseCase } from './causes-case.js';

/** What an experiment found behind a refusal without a word; null where none separates it. */
export function ladderCause({ ladder }: CauseCase): Cause | null {
  if (ladder === null || ladder.stage === 'unknown') return null;
  const { stage, tried } = ladder;
  return { id: 'refused-silently', explanation: explanationOf({ stage, tried }), hint: hintOf(stage) };
}

type Known = Exclude<LadderStage, 'unknown'>;

function explanationOf({ stage, tried }: LadderReport & { readonly stage: Known }): string {
  if (stage === 'instructions') {
    return 'The kernel refuses the program without a word: with all else the same it takes `r0 = 0; exit`, and no smaller change helps.';
  }
  if (stage === 'capabilities') {
    return 'The kernel refuses the program without a word for what its loader may not do: of all things that were changed, one at a time, a loader with all capabilities makes the difference.';
  }
  const taken = tried.find(({ step, errno }) => step.startsWith('other-') && errno === null)?.detail ?? '';
  const instead = taken === '' ? '' : ` (${taken} is taken)`;
  return `The kernel refuses its ${stage.replace('-', ' ')} without a word: of all things that were changed, one at a time, that one makes the difference${instead}.`;
}

function hintOf(stage: Known): string {
  switch (stage) {
    case 'line-info':
    case 'func-info':
    case 'btf':
      return 'Build with another version of clang or pahole, or strip that section (.BTF.ext, .BTF) for such kernels.';
    case 'name':
      return 'Use letters, digits, `_` and `.` only in the name of the function.';
    case 'flags':
      return 'The section asks for a flag (sleepable `.s`, `.frags`) that this kernel does not know: use the section without it, or make it optional with SEC("?...").';
    case 'attach-type':
      return 'This kernel does not know the attach type that the section stands for: use another section, or make it optional with SEC("?...").';
    case 'hook':
      return 'The hook is not one that programs of this type may attach to: choose another.';
    case 'log-level':
      return 'The kernel does not know the log level: load with level 1.';
    case 'being-alone':
      return 'The program needs another of its object to be loaded first: load them together.';
    case 'capabilities':
      return 'Give the loader the capabilities: CAP_BPF for all, CAP_PERFMON for tracing and LSM, CAP_NET_ADMIN for the network; CAP_SYS_ADMIN stands for each.';
    case 'instructions':
      return 'Take parts of the program away until it loads; look at its size, and at what the JIT compiler must translate.';
    default:
      return assertNever(stage);
  }
}

// SPDX-License-Identifier: Apache-2.0
import type { LadderStepName } from '../../model/evidence.js';
import type { Explanation, SourceLine } from '../../model/report.js';
import { oneLine } from './text.js';

/** The cause of a rejection for people, the same lines in every report. Nothing where the cause is unknown. */
export function causeFacts(why: Explanation): readonly (readonly [label: 'why' | 'do' | 'page', text: string])[] {
  const { explanation, hint, page } = why;
  return ([['why', explanation] as const, ['do', hint] as const, ['page', page] as const] as const).flatMap(
    ([label, text]) => (text === null ? [] : [[label, oneLine(text)] as const]),
  );
}

/** The decisions that led to the rejection, oldest first: `net.bpf.h:81 if (!rule): ...`. */
export function pathLines({ path }: Explanation): readonly string[] {
  return path.map(
    ({ insn, source, state }) => `${insn}: ${source === null ? '' : `${placeText(source)}  `}${oneLine(state)}`,
  );
}

const stepLabels: Readonly<Record<LadderStepName, string>> = {
  asked: 'as it is',
  'with-object': 'with its whole object',
  'all-capabilities': 'with all capabilities',
  'log-level': 'log level',
  'no-line-info': 'without line info',
  'no-func-info': 'without func info',
  'no-btf': 'without BTF',
  'other-name': 'another name',
  'no-flags': 'without flags',
  'other-attach-type': 'attach type',
  'other-hook': 'hook',
  'trivial-code': 'r0 = 0; exit in its place',
  'broken-off': 'broken off',
};

/** What was tried where the kernel said nothing, a line each: `without line info  loads`. */
export function ladderLines({ ladder }: Explanation): readonly string[] {
  const rows = (ladder?.tried ?? []).map(({ step, detail, errno, logBytes }) => {
    const log = logBytes === 0 ? 'no log' : `log of ${logBytes} bytes`;
    const what = oneLine(`${stepLabels[step]} ${detail}`).trim();
    return [what, step === 'broken-off' ? '' : errno === null ? 'loads' : `${errno}, ${log}`] as const;
  });
  const width = Math.max(0, ...rows.map(([what]) => what.length));
  return rows.map(([what, came]) => `${what.padEnd(width)}  ${came}`.trimEnd());
}

/** Source around the rejected line, which has a mark. */
export function excerptLines({ excerpt, source }: Explanation): readonly string[] {
  const width = Math.max(0, ...excerpt.map(({ line }) => String(line).length));
  return excerpt.map(
    ({ line, text }) => `${line === source?.line ? '>' : ' '} ${String(line).padStart(width)} | ${oneLine(text)}`,
  );
}

function placeText({ file, line, text }: SourceLine): string {
  return `${file.replace(/^.*\//, '')}:${line} ${oneLine(text).trim()}`;
}

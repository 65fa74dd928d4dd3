import type { Explanation, SourceLine } from '../model/report.js';
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
    ({ insn, source, state }) => `${insn}: ${source === null ? '' : `${place(source)}  `}${oneLine(state)}`,
  );
}

/** Source around the rejected line, which has a mark. */
export function excerptLines({ excerpt, source }: Explanation): readonly string[] {
  const width = Math.max(0, ...excerpt.map(({ line }) => String(line).length));
  return excerpt.map(
    ({ line, text }) => `${line === source?.line ? '>' : ' '} ${String(line).padStart(width)} | ${oneLine(text)}`,
  );
}

function place({ file, line, text }: SourceLine): string {
  return `${file.replace(/^.*\//, '')}:${line} ${oneLine(text).trim()}`;
}

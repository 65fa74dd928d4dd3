import { join } from 'node:path';
import type { RunReport } from '../model/report.js';
import { writeFileAtomic } from '../proc/atomic.js';
import type { Bisection } from '../verdict/bisect.js';
import { bisectConclusion, bisectHead, bisectTable, flipLine } from './bisect-words.js';
import { code, escape, tableRow } from './markdown-text.js';
import type { Reporter } from './reporter.js';
import { exitWord, loaderWords, shortCompiler, shortHash } from './words.js';

/** The bytes of `bisect.json`. Equal bisections give equal bytes. */
export function renderBisectJson(bisection: Bisection): string {
  return `${JSON.stringify(bisection, null, 2)}\n`;
}

/** `bisect.md`: the verdict, the flips, the table. */
export function renderBisectMarkdown(bisection: Bisection): string {
  const { object, flips, exitCode } = bisection;
  return [
    `## ${exitWord(exitCode).symbol} ${escape(bisectConclusion(bisection))}`,
    '',
    ...flips.map((flip) => `- ${escape(flipLine(flip))}`),
    ...(flips.length === 0 ? [] : ['']),
    tableRow(bisectHead),
    tableRow(bisectHead.map(() => '---')),
    ...bisectTable(bisection).map(({ release, version, verdict, insns, reason }) =>
      tableRow([release, escape(version), escape(verdict), insns, reason === '' ? '' : code(reason)]),
    ),
    '',
    `${code(object.file)} sha256 ${code(shortHash(object.sha256))} ${[shortCompiler(object), ...loaderWords(bisection)].map(escape).join(', ')}`,
    '',
  ].join('\n');
}

/** Writes `bisect.md` and `bisect.json` into the report folder. */
export function bisectReporter(bisect: (report: RunReport) => Bisection): Reporter {
  return {
    name: 'bisect',
    onEnd: async (report, out) => {
      const bisection = bisect(report);
      await writeFileAtomic(join(out, 'bisect.md'), renderBisectMarkdown(bisection));
      await writeFileAtomic(join(out, 'bisect.json'), renderBisectJson(bisection));
    },
  };
}

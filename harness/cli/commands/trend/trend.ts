// SPDX-License-Identifier: Apache-2.0
import { isOneOf } from '../../../config/glob.js';
import { parseCount } from '../../../config/values.js';
import { UsageError } from '../../../model/errors.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { HistoryLine } from '../../../model/history.js';
import { writeFileAtomic } from '../../../proc/atomic.js';
import { renderTrendHtml } from '../../../report/html/trend-page.js';
import { trendPage } from '../../../report/pages/trend.js';
import { widePage } from '../../../report/reporters/plain.js';
import { streamDestination } from '../../../report/destination.js';
import { openMetricsText } from '../../../report/views/openmetrics.js';
import { fitLines } from '../../../report/views/fit.js';
import { sparkSigns } from '../../../report/views/sparkline.js';
import { type History, readHistory } from '../../../results/history.js';
import { type Trend, type TrendWanted, trendOf } from '../../../verdict/trend.js';
import type { CliContext } from '../../context.js';
import { cannotWrite } from '../../writable.js';
import type { TrendFlags } from './flags.js';

/** `trend`: the last runs of a history. Nothing boots. */
export async function runTrendCommand(dir: string, flags: TrendFlags, cli: CliContext): Promise<ExitCode> {
  const count = parseCount('--runs', flags.runs);
  const history = await readHistory(dir);
  for (const { place, what } of history.faults) cli.stderr.write(`note: ${place}: this line is left out: ${what}\n`);
  const lines = lastOf(history, count, dir);
  const trend = trendOf(lines, wantedBy(flags, lines));
  if (flags.openmetrics === '-') {
    cli.stdout.write(openMetricsText(last(lines)));
    return ExitCode.ok;
  }
  printTrend(trend, flags, cli);
  if (flags.html !== undefined) await written(flags.html, '--html', await renderTrendHtml(trend));
  if (flags.openmetrics !== undefined) await written(flags.openmetrics, '--openmetrics', openMetricsText(last(lines)));
  return ExitCode.ok;
}

function lastOf({ lines }: History, count: number, dir: string): readonly [HistoryLine, ...HistoryLine[]] {
  const [first, ...rest] = lines.slice(-count);
  if (first !== undefined) return [first, ...rest];
  throw new UsageError({
    message: `${dir} has no history of any run`,
    next: `run with --history ${dir}, or name the folder that a run wrote it to`,
  });
}

const last = (lines: readonly [HistoryLine, ...HistoryLine[]]): HistoryLine => lines.at(-1) ?? lines[0];

/** @throws UsageError for a pattern that nothing in these runs matches. */
function wantedBy(flags: TrendFlags, lines: readonly HistoryLine[]): TrendWanted {
  const kernels = [...new Set(lines.flatMap((line) => line.kernels.map(({ id }) => id)))];
  const programs = [...new Set(lines.flatMap((line) => line.programs))];
  return {
    kernel: matcher('--kernel', flags.kernel, kernels, (id, isWanted) => isWanted(id)),
    // With or without the object.
    program: matcher('--program', flags.program, programs, (name, isWanted) =>
      [name, name.slice(name.indexOf('/') + 1)].some(isWanted),
    ),
  };
}

function matcher(
  option: string,
  texts: readonly string[] | undefined,
  names: readonly string[],
  matches: (name: string, isWanted: (text: string) => boolean) => boolean,
): ((name: string) => boolean) | null {
  if (texts === undefined) return null;
  const patterns = texts.flatMap((text) => text.split(',')).map((text) => text.trim());
  const useless = patterns.find((pattern) => !names.some((name) => matches(name, isOneOf([pattern]))));
  if (useless === undefined) return (name) => matches(name, isOneOf(patterns));
  const shown = names.slice(0, 10).join(', ');
  throw new UsageError({
    message: `${option} ${useless}: nothing in these runs is called so`,
    next: names.length === 0 ? 'leave it out' : `one of ${shown}${names.length > 10 ? ', ...' : ''}`,
  });
}

function printTrend(trend: Trend, flags: TrendFlags, { stdout, env }: CliContext): void {
  const page = widePage(streamDestination(stdout, { env, cwd: process.cwd(), folder: '.' }));
  const view = { signs: sparkSigns(env), every: flags.program !== undefined };
  const lines = trendPage(trend, page, view);
  stdout.write(`${(stdout.isTTY ? fitLines(lines, page.columns) : lines).join('\n')}\n`);
}

async function written(path: string, option: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text);
  } catch (cause) {
    throw cannotWrite(`${option} ${path} cannot be written`, 'name another file', cause);
  }
}

// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from '../../model/exit-code.js';
import type { HostCheck, HostReport, HostState } from '../../model/doctor.js';
import { formatCount } from '../views/format.js';
import type { CellText } from '../views/labels.js';
import type { Page } from '../views/page.js';
import { padText, wrapText } from '../views/width.js';

const labels: Readonly<Record<HostState, CellText>> = {
  ok: { text: 'ok', tone: 'good' },
  slow: { text: 'slow', tone: 'warn' },
  missing: { text: 'MISSING', tone: 'bad' },
};

const stateWidth = 7;

/** A line for each thing, its next step below it. */
export function doctorPage({ tool, checks }: HostReport, page: Pick<Page, 'columns' | 'palette'>): readonly string[] {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = 2 + stateWidth + 2 + nameWidth + 2;
  return [
    `${tool.name} ${tool.version}`,
    '',
    ...checks.flatMap((check) => checkLines(check, page, { nameWidth, indent })),
    '',
    ending(checks, page),
  ];
}

function checkLines(
  { name, state, detail, next }: HostCheck,
  { columns, palette }: Pick<Page, 'columns' | 'palette'>,
  { nameWidth, indent }: { readonly nameWidth: number; readonly indent: number },
): readonly string[] {
  const { text, tone } = labels[state];
  const room = Math.max(20, columns - indent);
  const [first = '', ...rest] = wrapText(detail, room);
  const head = `  ${palette.tones[tone](padText(text, stateWidth))}  ${padText(name, nameWidth)}  ${first}`;
  const steps = next === null ? [] : wrapText(`next: ${next}`, room).map((line) => palette.dim(line));
  return [head, ...[...rest, ...steps].map((line) => `${' '.repeat(indent)}${line}`)];
}

function ending(checks: readonly HostCheck[], { palette }: Pick<Page, 'columns' | 'palette'>): string {
  const missing = checks.filter(({ state }) => state === 'missing');
  if (missing.length === 0) return palette.tones.good(`READY: exit ${ExitCode.ok}, all that runs need is here`);
  const names = missing.map(({ name }) => name).join(', ');
  const text = `NOT READY: exit ${ExitCode.incomplete}, ${formatCount(missing.length, 'thing')} missing: ${names}`;
  return palette.tones.bad(text);
}

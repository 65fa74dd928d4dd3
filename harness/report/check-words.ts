import { assertNever } from '../model/assert-never.js';
import type { CheckCell, CheckGrid, ClaimCell } from './check-grid.js';
import { askedOf, type Tally } from './checks.js';
import { oneLine } from './text.js';
import { cellWords, type CellKind, type Tone } from './words.js';

export interface CellText {
  readonly text: string;
  readonly tone: Tone;
}

/** Postures in which something is enforced. */
const enforcing: ReadonlySet<string> = new Set(['ENFORCE', 'ENFORCE_SIGNAL']);

/** A posture is the agent's own word, and may be anything. */
export function claimText(cell: ClaimCell): CellText {
  if (cell.kind !== 'claimed') return { text: cellWords[cell.kind].word, tone: cellWords[cell.kind].tone };
  const { posture } = cell;
  if (posture === null) return { text: '-', tone: 'dull' };
  return { text: oneLine(posture), tone: enforcing.has(posture) ? 'good' : 'warn' };
}

/** `42/42`, `40/42 +3`, `12/12?`: passed of asked, and what stands beside it. */
export function checkText(cell: CheckCell): CellText {
  if (cell.kind !== 'tally') return { text: cellWords[cell.kind].word, tone: cellWords[cell.kind].tone };
  const { tally, broke } = cell;
  const asked = askedOf(tally);
  const fraction = asked === 0 ? '' : `${tally.pass}/${asked}`;
  const text = [
    `${fraction}${broke ? '?' : ''}`,
    ...(tally['not-offered'] === 0 ? [] : [`+${tally['not-offered']}`]),
    ...(tally.gained === 0 ? [] : [`^${tally.gained}`]),
  ];
  return { text: text.filter((part) => part !== '').join(' '), tone: toneOf(tally, broke) };
}

function toneOf(tally: Tally, broke: boolean): Tone {
  if (tally.fail > 0) return 'bad';
  if (tally.unproved > 0 || broke) return 'warn';
  return tally.pass > 0 ? 'good' : 'dull';
}

export interface LegendEntry {
  readonly sign: string;
  readonly meaning: string;
}

const signs = {
  claims: { sign: 'claims', meaning: 'the posture the agent says it has when told to enforce' },
  offered: { sign: '+n', meaning: 'not offered by the agent or the kernel; never counted as passed' },
  gained: { sign: '^n', meaning: 'said to be out of reach, and met: improvements to write down' },
  broke: { sign: '?', meaning: 'the machine broke; there may have been more to ask' },
} as const;

/** What the signs in use mean, in a fixed order. */
export function checkLegend({ claims, rows }: CheckGrid): readonly LegendEntry[] {
  const cells = rows.flatMap((row) => row.cells);
  const has = (test: (tally: Tally) => boolean): boolean =>
    cells.some((cell) => cell.kind === 'tally' && test(cell.tally));
  const blanks = new Set<CellKind>();
  for (const { kind } of [...claims, ...rows].flatMap((row): readonly (CheckCell | ClaimCell)[] => row.cells)) {
    if (kind !== 'tally' && kind !== 'claimed' && kind !== 'unknown') blanks.add(kind);
  }
  const broke = [...claims.flatMap((row) => row.cells), ...cells].some(isBroken);
  return [
    signs.claims,
    ...(has((tally) => tally['not-offered'] > 0) ? [signs.offered] : []),
    ...(has((tally) => tally.gained > 0) ? [signs.gained] : []),
    ...(broke ? [signs.broke] : []),
    ...[...blanks].map((kind) => ({ sign: cellWords[kind].word, meaning: cellWords[kind].meaning })),
  ];
}

function isBroken(cell: CheckCell | ClaimCell): boolean {
  switch (cell.kind) {
    case 'tally':
      return cell.broke;
    case 'unknown':
      return true;
    case 'claimed':
    case 'not-asked':
    case 'unavailable':
      return false;
    default:
      return assertNever(cell);
  }
}

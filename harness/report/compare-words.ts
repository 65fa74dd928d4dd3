import type { Comparison, CompareOutcome, KernelComparison } from '../verdict/compare.js';
import type { CompareCell, Difference, KernelCompared, LoadReason, ReasonGroup } from '../verdict/compare-kernel.js';
import { countOf, exitWord, grouped, type Tone } from './words.js';

/** Programs of a group that are named one by one. */
const named = 3;
/** As many sections with the same beginning are told as one. */
const alike = 3;

/** One line: how much of each object loads on a kernel, and what the others lose or gain against the first. */
export function verdictLine(kernel: KernelComparison): string {
  if (kernel.status === 'missing') return `${kernel.id}: not compared: ${kernel.code}: ${kernel.detail}`;
  const tallies = kernel.tallies.map(({ object, loaded, of }) => `${object} ${loaded}/${of}`).join(', ');
  const changes = kernel.differences.flatMap((difference) => changesOf(kernel, difference));
  return `${kernel.id}: ${tallies}: ${changes.length > 0 ? changes.join('; ') : unchanged(kernel)}`;
}

function changesOf(kernel: KernelCompared, { object, lost, gained }: Difference): readonly string[] {
  const who = kernel.differences.length > 1 ? `${object} ` : '';
  return [
    ...lost.map((group) => `${who}lost ${programsOf(group)}: ${reasonLine(group.reason)}`),
    ...gained.map((group) => `${who}gained ${programsOf(group)}, before: ${reasonLine(group.reason)}`),
  ];
}

function unchanged({ tallies }: KernelCompared): string {
  return tallies.some(({ loaded }) => loaded > 0) ? 'the same programs load' : 'nothing loads in any of them';
}

/** Up to three programs by name, more by their number and by what their sections begin with. */
export function programsOf({ programs }: ReasonGroup): string {
  if (programs.length <= named) return programs.map(({ name }) => name).join(', ');
  const families = new Map<string, string[]>();
  for (const { name, section } of programs) {
    const family = /^\??(.*\/[^/_]+_)/.exec(section)?.[1] ?? name;
    families.set(family, [...(families.get(family) ?? []), name]);
  }
  const words = [...families].flatMap(([family, names]) =>
    names.length >= alike ? [`${family}* (${names.length})`] : names,
  );
  const count = countOf(programs.length, 'program');
  const [family] = families.keys();
  return families.size === 1 ? `${count} ${family ?? ''}*` : `${count} (${words.join(', ')})`;
}

export function reasonLine({ code, cause, decidingLine }: LoadReason): string {
  return [code, causeWords({ cause, decidingLine })].filter((word) => word !== null).join(': ');
}

export function causeWords({ cause, decidingLine }: Pick<LoadReason, 'cause' | 'decidingLine'>): string {
  return [cause, decidingLine].filter((word) => word !== null).join(': ');
}

export interface CellWords {
  readonly text: string;
  readonly tone: Tone;
}

/** What a program comes to, held against nothing: `11`, `FAIL`. */
export function cellAlone(cell: CompareCell): CellWords {
  const tone = cell.kind === 'loaded' ? 'good' : cell.kind === 'failed' ? 'bad' : 'dull';
  return { text: sideOf(cell), tone };
}

/** What became of a program from the first object to another: `11 -> 13 +18.2 %`, `11 =`, `11 -> FAIL`. */
export function cellWords(before: CompareCell | undefined, after: CompareCell | undefined): CellWords {
  if (before?.kind === 'loaded' && after?.kind === 'loaded') return { text: bothLoaded(before, after), tone: 'good' };
  const text = `${sideOf(before)} -> ${sideOf(after)}`;
  if (before?.kind === 'loaded') return { text, tone: 'bad' };
  if (after?.kind === 'loaded') return { text, tone: 'warn' };
  return { text: before?.kind === after?.kind ? sideOf(before) : text, tone: 'dull' };
}

type Loaded = Extract<CompareCell, { kind: 'loaded' }>;

function bothLoaded(before: Loaded, after: Loaded): string {
  if (after.change === null) return `${sideOf(before)} -> ${sideOf(after)}`;
  if (after.change === 0) return `${sideOf(after)} =`;
  const sign = after.change > 0 ? '+' : '';
  return `${sideOf(before)} -> ${sideOf(after)} ${sign}${after.change.toFixed(1)} %`;
}

function sideOf(cell: CompareCell | undefined): string {
  if (cell === undefined || cell.kind === 'absent') return 'none';
  if (cell.kind === 'failed') return 'FAIL';
  return cell.insns === null ? 'ok' : grouped(cell.insns);
}

/** Which way it went, for the last line. */
export function conclusion(comparison: Comparison): string {
  const { word } = exitWord(comparison.exitCode);
  return `${word}: exit ${comparison.exitCode}, ${meanings[comparison.outcome](comparison)}`;
}

const meanings: Readonly<Record<CompareOutcome, (comparison: Comparison) => string>> = {
  kept: (comparison) =>
    `every program that loads in ${first(comparison)} loads in ${others(comparison)}${more(comparison)}`,
  lost: (comparison) =>
    `from ${first(comparison)} to ${others(comparison)} programs are lost on ${kernelsWith(comparison, 'lost')}${more(comparison)}`,
  nothing: () => 'no program of any object loads on any of these kernels',
  incomplete: (comparison) => {
    const holes = comparison.kernels.filter(({ status }) => status === 'missing').map(({ id }) => id);
    return `not everything could be compared${holes.length > 0 ? `: ${holes.join(', ')}` : ''}`;
  },
};

const first = ({ objects }: Comparison): string => objects[0]?.name ?? '';
const others = ({ objects }: Comparison): string =>
  objects
    .slice(1)
    .map(({ name }) => name)
    .join(', ');

function more(comparison: Comparison): string {
  const kernels = kernelsWith(comparison, 'gained');
  return kernels === '' ? '' : `; programs are gained on ${kernels}`;
}

function kernelsWith({ kernels }: Comparison, what: 'lost' | 'gained'): string {
  return kernels
    .filter((kernel) => kernel.status === 'compared' && kernel.differences.some((one) => one[what].length > 0))
    .map(({ id }) => id)
    .join(', ');
}

// SPDX-License-Identifier: Apache-2.0
import type { Blame, BlamedLine } from '../model/blame.js';
import { growthText } from './regressions.js';

/** Lines that are named in a sentence. */
const named = 3;

/** `+30.0 % on 6.1, 6.12, of it 91 % at file.bpf.c:112 (changed), 5 % at file.bpf.c:114`. */
export function describeBlame(blame: Blame, kernels: readonly string[]): string {
  const { before, now } = blame;
  const growth = now > before ? growthText(before, now) : 'grew';
  return `${growth} on ${kernels.join(', ')}, ${describeBlamedLines(blame)}`;
}

/** `of it 91 % at file.bpf.c:112 (changed)`. */
export function describeBlamedLines({ lines, exact }: Blame): string {
  if (lines.length === 0) return 'its lines could not be counted';
  const doubt = exact ? '' : ' (not exact: the lines do not add up to what the verifier counted)';
  return `of it ${lines.slice(0, named).map(describeLine).join(', ')}${doubt}`;
}

function describeLine({ file, line, share, changed }: BlamedLine): string {
  const place = file === '' ? 'instructions without line info' : `${file}:${line}`;
  return `${sharePercent(share)} at ${place}${changed ? ' (changed)' : ''}`;
}

/** `91 %`; of what is little `0.4 %`. */
export function sharePercent(share: number): string {
  const percent = share * 100;
  return `${percent >= 1 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}

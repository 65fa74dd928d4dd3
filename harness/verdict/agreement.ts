// SPDX-License-Identifier: Apache-2.0
import type { LoaderAnswer } from '../model/loader-answer.js';
import type { ObjectReport } from '../model/report.js';
import { errnoName } from '../model/errno.js';
import { missingSizes, veristatCannotSize } from './unsized-maps.js';

/** What others came to for the same program in the same kernel. */
export interface OtherAnswers {
  readonly veristat: LoaderAnswer;
  readonly loader: LoaderAnswer;
}

/** Why another loader refuses what bpf-matrix loads, as the report of the object says it. */
export const differenceKinds = ['unsized-map', 'map-left-out'] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export interface NamedDifference {
  readonly kind: DifferenceKind;
  /** The map that it is about. */
  readonly map: string;
}

/** `differs` with null: nothing in the report says why. */
export type Agreement =
  { readonly kind: 'agrees' } | { readonly kind: 'differs'; readonly why: NamedDifference | null };

/** Holds a verdict against what others came to; each of them that differs wants a reason, another errno does. */
export function agreementOf(object: ObjectReport, ours: ObjectReport['whole'], others: OtherAnswers): Agreement {
  const loads = ours.kind === 'loaded';
  const reasons: (NamedDifference | null)[] = [];
  if (isLoaded(others.loader) !== loads) reasons.push(loads ? loaderDifference(object, others.loader) : null);
  if (isLoaded(others.veristat) !== loads) reasons.push(loads ? veristatDifference(object, others.veristat) : null);
  // Stopped at a map that bpf-matrix gets past, it never came to what the program is refused for.
  if (otherErrno(ours, others.loader)) reasons.push(loaderDifference(object, others.loader));
  if (isAbsent(others.loader) || isAbsent(others.veristat)) reasons.push(null);
  if (reasons.length === 0) return { kind: 'agrees' };
  return { kind: 'differs', why: reasons.includes(null) ? null : (reasons[0] ?? null) };
}

function otherErrno(ours: ObjectReport['whole'], loader: LoaderAnswer): boolean {
  if (ours.kind !== 'failed') return false;
  return loader.kind === 'refused' && loader.errno !== null && errnoName(loader.errno) !== ours.why.errno;
}

const isAbsent = ({ kind }: LoaderAnswer): boolean => kind === 'absent';
const isLoaded = ({ kind }: LoaderAnswer): boolean => kind === 'loaded';

/** Plain libbpf names the map that it stops at. */
function loaderDifference({ maps }: ObjectReport, answer: LoaderAnswer): NamedDifference | null {
  if (answer.kind !== 'refused') return null;
  const [, name] = /map '([^']+)': failed to create/.exec(answer.message) ?? [];
  const map = maps.find((one) => one.name === name);
  if (map === undefined) return null;
  if (map.error !== null) return { kind: 'map-left-out', map: map.name };
  return missingSizes(map).length > 0 ? { kind: 'unsized-map', map: map.name } : null;
}

/** veristat gives a map without a size one entry, and does not say what it stops at. */
function veristatDifference({ maps }: ObjectReport, answer: LoaderAnswer): NamedDifference | null {
  if (answer.kind !== 'refused') return null;
  const missing = maps.find((map) => map.error !== null);
  if (missing !== undefined) return { kind: 'map-left-out', map: missing.name };
  const unsized = maps.find(veristatCannotSize);
  return unsized === undefined ? null : { kind: 'unsized-map', map: unsized.name };
}

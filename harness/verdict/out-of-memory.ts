// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import type { Errno, ObjectEvidence } from '../model/evidence.js';

const { ENOMEM } = constants.errno;

/**
 * The guest reports it of a loader that was killed (harness/guest/worker.ts). Nobody but the kernel does that to one that
 * loads; one that attaches may have been killed by what it attached, and is not looked at.
 */
const killed = /^guest: the loader was killed by signal 9\b/;

/**
 * What a guest had too little memory for, one line each. Its size is this harness's choice, so that is nothing that an
 * object could be blamed for.
 */
export function outOfMemoryLines(evidence: ObjectEvidence): readonly string[] {
  const maps = evidence.maps.filter(({ errno }) => errno === ENOMEM).map(({ map }) => `map ${map}: ENOMEM`);
  const programs = evidence.programs.filter(isStarved).map(({ program }) => `program ${program}`);
  const whole = evidence.whole !== null && isStarved(evidence.whole) ? ['the whole object'] : [];
  return [...maps, ...programs, ...whole].map((what) => `${evidence.object}: ${what}`);
}

function isStarved({ errno, libbpf }: { readonly errno: Errno; readonly libbpf: readonly string[] }): boolean {
  return errno === ENOMEM || libbpf.some((line) => killed.test(line));
}

// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseVerifierStats } from '../../guest/verifier-stats.js';
import { causeOf } from '../../verdict/causes.js';
import { readVerifierLog } from '../../verdict/verifier-log.js';
import { verifierPathOf } from '../../verdict/verifier-path.js';
import { rejectionIn } from '../fixtures/verifier-logs.js';
import { checkInputs, fuzzTimeout, mutatedText } from './inputs.js';

/** A verifier's log, as kernels write it about programs of somebody's: it is read to its end, and nothing is thrown. */

const folder = fileURLToPath(new URL('../fixtures/verifier-logs/', import.meta.url));

/** The beginning and the end of each log: enough of the way, and all of the verdict. */
const logs = readdirSync(folder).flatMap((kernel) =>
  readdirSync(`${folder}${kernel}`).map((name) => shortened(readFileSync(`${folder}${kernel}/${name}`, 'utf8'))),
);

function shortened(log: string): string {
  const lines = log.split('\n');
  return lines.length <= 24 ? log : [...lines.slice(0, 6), ...lines.slice(-18)].join('\n');
}

it(
  'any log has a reading, a way and at most one cause',
  () => {
    let decided = 0;
    let causes = 0;
    checkInputs(fc.tuple(mutatedText(logs), fc.boolean()), ([log, isLsm]) => {
      const { decidingLine, verdictLines, insn } = readVerifierLog(log);
      if (decidingLine === null) return;
      if (verdictLines.length > 0 && !verdictLines.includes(decidingLine)) throw new Error('decided by another line');
      if (insn !== null && !Number.isFinite(insn)) throw new Error('no instruction');
      decided++;
      if (verifierPathOf(log, null).length > 6) throw new Error('a long way');
      const { markRead, insns } = parseVerifierStats(log, {});
      if (Number.isNaN(markRead) || Number.isNaN(insns)) throw new Error('no number');
      const cause = causeOf(rejectionIn(log, isLsm ? {} : { type: 'tracepoint', section: 'tp/x/y' }));
      causes += cause === null ? 0 : 1;
    });
    expect(decided).toBeGreaterThan(0);
    expect(causes).toBeGreaterThan(0);
  },
  fuzzTimeout,
);

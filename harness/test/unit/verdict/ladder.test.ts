// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type LadderStep, type LadderStepName, ladderStepNames } from '../../../model/evidence.js';
import type { LadderStage } from '../../../model/report.js';
import { isVerifierLogEmpty } from '../../../model/verifier-lines.js';
import { causeOf } from '../../../verdict/causes.js';
import { nothingKnown } from '../../../verdict/causes-case.js';
import { judgeLadder } from '../../../verdict/ladder.js';

const EINVAL = 22;
const stats = 'processed 0 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n';

/** Every step is refused with statistics alone, but for these. */
function steps(more: Partial<Record<LadderStepName, Partial<LadderStep>>>): readonly LadderStep[] {
  const asked = ladderStepNames.filter((step) => step !== 'broken-off');
  return asked.map((step) => {
    return { step, detail: '', errno: EINVAL, logBytes: stats.length, log: stats, ...more[step] };
  });
}

const loads = { errno: 0, log: '', logBytes: 0 };
const speaks = { log: `0: (b7) r0 = 0\nR1 !read_ok\n${stats}` };

describe('what steps prove', () => {
  it.each<[LadderStage, Partial<Record<LadderStepName, Partial<LadderStep>>>]>([
    ['unknown', {}],
    ['line-info', { 'no-line-info': loads, 'no-btf': loads, 'trivial-code': loads }],
    ['func-info', { 'no-func-info': speaks }],
    ['btf', { 'no-btf': loads, 'trivial-code': loads }],
    ['name', { 'other-name': loads }],
    ['flags', { 'no-flags': loads }],
    ['attach-type', { 'other-attach-type': loads }],
    ['hook', { 'other-hook': speaks }],
    ['log-level', { 'log-level': loads }],
    ['being-alone', { 'with-object': loads }],
    ['capabilities', { 'all-capabilities': loads }],
    ['capabilities', { 'all-capabilities': speaks }],
    ['instructions', { 'trivial-code': loads }],
    // Two answers are none.
    ['unknown', { 'no-flags': loads, 'other-attach-type': loads }],
    // It loads when it is asked again.
    ['unknown', { asked: loads, 'no-flags': loads }],
    // A walk without a verdict is no word.
    ['unknown', { 'log-level': { log: `func#0 @0\n0: R1=ctx() R10=fp0\n0: (b7) r0 = 0\n${stats}` } }],
    ['unknown', { 'no-flags': { errno: 1 } }],
  ])('%s: %j', (stage, more) => {
    const ladder = judgeLadder(steps(more));
    expect(ladder?.stage).toBe(stage);
    const cause = causeOf({ ...nothingKnown, code: 'LOAD_FAILED', decidingLine: '', type: 'lsm', ladder });
    if (stage === 'unknown') expect(cause).toBeNull();
    else expect(cause).toMatchObject({ id: 'refused-silently', hint: expect.stringMatching(/./) as unknown });
  });

  it('a loader that died on the way proves nothing, and is told', () => {
    const broken: LadderStep = { step: 'broken-off', detail: 'killed', errno: 131, logBytes: 0, log: 'words' };
    const ladder = judgeLadder([...steps({}).slice(0, 2), broken]);
    expect(ladder).toMatchObject({ stage: 'unknown', tried: { length: 3 } });
    expect(judgeLadder([])?.stage).toBe('unknown');
    expect(judgeLadder(null)).toBeNull();
  });
});

describe('a log that says nothing', () => {
  it.each([
    [true, ''],
    [true, stats],
    [true, `verification time 655 usec\nstack depth 0 max 0\ninsns processed 0\n${stats}`],
    [true, `func#0 @0\n; int f(void)\n0: (b7) r0 = 0\n${stats}`],
    [false, `0: (b7) r0 = 0\nR1 !read_ok\n${stats}`],
    [false, '3: (05) goto pc-1 infinite loop detected at insn 3\n'],
  ])('%s: %j', (silent, log) => {
    expect(isVerifierLogEmpty(log)).toBe(silent);
  });
});

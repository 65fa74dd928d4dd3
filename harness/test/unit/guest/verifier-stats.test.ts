// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseVerifierStats } from '../../../guest/verifier-stats.js';

/** As 6.1 and 6.12 write it. */
const loaded = `verification time 6002 usec
stack depth 0+8
processed 28 insns (limit 1000000) max_states_per_insn 1 total_states 3 peak_states 2 mark_read 4
`;
const rejected = `19: (95) exit
Unreleased reference id=2 alloc_insn=6
verification time 2447 usec
stack depth 64
processed 21 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1
`;
const nothing = {
  insns: null,
  totalStates: null,
  peakStates: null,
  maxStatesPerInsn: null,
  markRead: null,
  verificationTime: null,
  stackDepth: null,
  jitedSize: null,
  xlatedSize: null,
};

describe('verifier statistics', () => {
  it('of a loaded program', () => {
    expect(parseVerifierStats(loaded, { jited: 155, xlated: 224, verifiedInsns: 28 })).toEqual({
      insns: 28,
      totalStates: 3,
      peakStates: 2,
      maxStatesPerInsn: 1,
      markRead: 4,
      verificationTime: 6002,
      stackDepth: 8,
      jitedSize: 155,
      xlatedSize: 224,
    });
  });

  it('of a rejected program, at the end of its log', () => {
    const stats = parseVerifierStats(rejected, { jited: 0, xlated: 0, verifiedInsns: 0 });
    expect(stats).toMatchObject({ insns: 21, verificationTime: 2447, stackDepth: 64, jitedSize: null });
  });

  it('of the last attempt, when a log holds several', () => {
    expect(parseVerifierStats(rejected + loaded, {}).insns).toBe(28);
  });

  it('are unknown where the log does not say, not zero', () => {
    expect(parseVerifierStats('', {})).toEqual(nothing);
    expect(parseVerifierStats('func#0 @0\n0: (95) exit\n', {})).toEqual(nothing);
    expect(parseVerifierStats('processed many insns\nverification time soon\nstack depth ?\n', {})).toEqual(nothing);
  });

  it('that are half there are half known', () => {
    expect(parseVerifierStats('processed 7 insns (limit 1000000) total_states 2\n', {})).toEqual({
      ...nothing,
      insns: 7,
      totalStates: 2,
    });
  });

  it('fall back to what the kernel tells of the program', () => {
    expect(parseVerifierStats('', { verifiedInsns: 5, xlated: 16 })).toEqual({ ...nothing, insns: 5, xlatedSize: 16 });
  });

  it('are not read from the middle of a line', () => {
    expect(parseVerifierStats('; printk("processed 9 insns (limit 1)")\n', {}).insns).toBeNull();
  });
});

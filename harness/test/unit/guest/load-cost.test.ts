// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { lineCosts, loadCosts } from '../../../guest/load-cost.js';
import { costsShape } from '../../../guest/messages.js';
import { ends, stages } from '../../../guest/protocol.js';
import { encodeMessage, type Message } from '../../../guest/shape.js';
import { isExactCost } from '../../../model/cost.js';
import { fakeGuest, reply } from './fake-guest.js';

type Answer = Message<typeof costsShape>['program'][number];

/** Instructions as [visits, of them safe]. */
function visitsOf(...insns: readonly (readonly [number, number])[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(insns.flat()).buffer);
}

const lineAt = (insn: number, line: number, file = 'a.bpf.c') => ({
  insn,
  file,
  line,
  column: 1,
  text: `\tline ${line}`,
});

/** Two functions; line 3 is in both, since it was inlined. */
const answer: Answer = {
  name: 'walk',
  errno: 0,
  statsLog: 'processed 19 insns (limit 1000000) max_states_per_insn 0 total_states 2 peak_states 1 mark_read 0\n',
  logBytes: 100,
  unplaced: 0,
  visits: visitsOf([1, 0], [4, 0], [4, 1], [0, 0], [2, 0], [8, 3]),
  lineInfo: [lineAt(0, 2), lineAt(1, 3), lineAt(3, 5), lineAt(4, 9), lineAt(5, 3)],
  function: [
    { insn: 0, name: 'walk' },
    { insn: 4, name: 'helper' },
  ],
};

describe('what the verifier spends on a line', () => {
  it('is the sum over its instructions, for each function by itself', () => {
    const rows = lineCosts(answer).map((row) => [
      row.function,
      row.line,
      row.insns,
      row.visits,
      row.passes,
      row.pruned,
    ]);
    expect(rows).toEqual([
      ['walk', 3, 2, 8, 4, 1],
      ['helper', 3, 1, 8, 8, 3],
      ['helper', 9, 1, 2, 2, 0],
      ['walk', 2, 1, 1, 1, 0],
    ]);
    expect(lineCosts(answer)[0]?.text).toBe('line 3');
  });

  it('is a row of its own where instructions have no line info, and where the log names none', () => {
    const rows = lineCosts({ ...answer, lineInfo: [lineAt(4, 9)], unplaced: 1 });
    expect(rows.map(({ function: name, file, visits }) => [name, file, visits])).toEqual([
      ['helper', 'a.bpf.c', 10],
      ['walk', '', 9],
      ['', '', 1],
    ]);
    expect(lineCosts({ ...answer, lineInfo: [], function: [] })).toMatchObject([
      { function: '', file: '', visits: 19 },
    ]);
  });
});

const worked = { end: ends.exited, endCode: 0, progressStage: stages.done, progressName: '', truncated: 0 };
const silent = { stage: undefined, errno: undefined, stoppedAt: undefined, warning: [] };

/** A guest whose loader dies at the program that is named, as long as it is loaded. */
async function guestThat(diesAt: string | null, programs: readonly Answer[]) {
  let left: readonly Answer[] = [];
  const { stream, asked } = fakeGuest((one) => {
    if (one.name === 'get') {
      const data = encodeMessage(costsShape, { program: left });
      return reply('get', { data, size: data.length });
    }
    if (one.name !== 'loadCost') return null;
    const isDeadly = diesAt !== null && !one.message.skipProgram.includes(diesAt);
    const open = programs.filter(({ name }) => !one.message.skipProgram.includes(name));
    const end = open.findIndex(({ name }) => name === diesAt);
    left = isDeadly ? open.slice(0, end) : open;
    const died = { end: ends.timedOut, progressStage: stages.prog, progressName: diesAt ?? '' };
    return reply('loadCost', {
      ...worked,
      ...silent,
      costsPath: '/c',
      ...(isDeadly ? died : { stage: stages.done, errno: 0 }),
    });
  });
  return { guest: await Guest.connect(stream, { helloMs: 1000, requestMs: 1000 }), asked };
}

const all = [answer, { ...answer, name: 'slow' }, { ...answer, name: 'last' }];
const question = { programs: ['walk', 'slow', 'last'], leftOut: { programs: ['other'], maps: ['m'] } };

describe('counting an object', () => {
  it('asks once, and is exact where the lines add up to what the verifier says', async () => {
    const { guest, asked } = await guestThat(null, all);
    const costs = await loadCosts(guest, '/o', question, { timeout: 1000 });
    expect(costs.map(({ program, insns, counted }) => [program, insns, counted])).toEqual([
      ['walk', 19, 19],
      ['slow', 19, 19],
      ['last', 19, 19],
    ]);
    expect(costs.every(isExactCost)).toBe(true);
    expect(asked.filter(({ name }) => name === 'loadCost')).toHaveLength(1);
  });

  it('is not exact where a line of the log was lost', async () => {
    const { guest } = await guestThat(null, [{ ...answer, visits: visitsOf([18, 0]) }]);
    const [cost] = await loadCosts(guest, '/o', { ...question, programs: ['walk'] }, { timeout: 1000 });
    expect(cost && isExactCost(cost)).toBe(false);
  });

  it('goes on without a program of which the loader dies, and says that it was not counted', async () => {
    const { guest, asked } = await guestThat('slow', all);
    const costs = await loadCosts(guest, '/o', question, { timeout: 1000 });
    expect(costs.map(({ program, counted, logErrno }) => [program, counted, logErrno])).toEqual([
      ['walk', 19, 0],
      ['slow', 0, 110],
      ['last', 19, 0],
    ]);
    expect(costs.map(isExactCost)).toEqual([true, false, true]);
    expect(asked.filter(({ name }) => name === 'loadCost').map(({ message }) => message)).toMatchObject([
      { skipProgram: ['other'], withoutMap: ['m'] },
      { skipProgram: ['other', 'walk', 'slow'] },
    ]);
  });
});

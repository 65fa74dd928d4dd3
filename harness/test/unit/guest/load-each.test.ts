// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { LoadMemo } from '../../../guest/load-memo.js';
import { loadEach } from '../../../guest/load-each.js';
import { loadWhole } from '../../../guest/load-whole.js';
import type { SurveyOptions } from '../../../guest/survey.js';
import { linesShape, type ReplyOf } from '../../../guest/messages.js';
import { ends, stages } from '../../../guest/protocol.js';
import { encodeMessage, type Message } from '../../../guest/shape.js';
import { fakeGuest, reply, type Answer, type Asked } from './fake-guest.js';

type Survey = Message<ReplyOf<'loadSurvey'>>;
type Alone = Message<ReplyOf<'loadAlone'>>;

const worked = { end: ends.exited, endCode: 0, progressStage: stages.done, progressName: '', truncated: 0 };
const hung = { ...worked, end: ends.timedOut };
const silent = { stage: undefined, errno: undefined, stoppedAt: undefined, warning: [] };
const done = { ...silent, stage: stages.done, errno: 0 };
const unsized = { jitedSize: 0, xlatedSize: 16, verifiedInsns: 2 };
const nowhere = { attachPoint: undefined, attachPointExists: undefined, hook: [] };
const unplaced: { place: string | undefined; reason: string | undefined } = { place: undefined, reason: undefined };
const stats = 'processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 0\n';

function surveyed(programs: Readonly<Record<string, number>>, rest: Partial<Survey> = {}): Uint8Array {
  const program = Object.entries(programs).map(([name, errno]) => ({
    name,
    errno,
    statsLog: stats,
    loadKey: undefined,
    known: undefined,
    ...unsized,
    ...nowhere,
  }));
  return reply('loadSurvey', {
    ...worked,
    ...done,
    more: 0,
    program,
    map: [],
    attach: undefined,
    outcome: [],
    ...rest,
  });
}
function alone(rest: Partial<Alone> = {}): Uint8Array {
  const open = {
    verdictErrno: undefined,
    statsLog: undefined,
    logPath: undefined,
    logBytes: undefined,
    linesPath: undefined,
    insnsPath: undefined,
  };
  return reply('loadAlone', { ...worked, ...done, ...unsized, ...nowhere, ...open, typeSupported: undefined, ...rest });
}
const step = (name: string, errno: number) => ({ name, text: '', errno, logBytes: 0, statsLog: '' });
const sizes = { type: 'hash', keySize: 4, valueSize: 4, maxEntries: 0 };
const asked = { ...sizes, mapFlags: 1, hasInner: 0 };
const ladder = reply('loadLadder', {
  ...worked,
  ...done,
  stage: stages.prog,
  errno: 22,
  step: [step('asked', 22), step('other-name', 0)],
});
const rejected = alone({ stage: stages.prog, errno: 22 });

function declare(...names: string[]) {
  const programs = names.map((name) => ({ name, section: 'lsm/x', type: 'lsm', autoload: true, insns: 2 }));
  const maps = ['m1', 'm2'].map((name) => ({ name, type: 'hash', keySize: 4, valueSize: 4, maxEntries: 1 }));
  return { programs, maps, tables: new Map<string, string>() };
}

async function each(
  names: string[],
  answer: (asked: Asked) => Answer,
  loader: Pick<SurveyOptions, 'memo' | 'withoutCapabilities'> = {},
) {
  const { stream, asked } = fakeGuest((one) => (one.name === 'loadLadder' ? ladder : answer(one)));
  const guest = await Guest.connect(stream, { helloMs: 1000, requestMs: 1000 });
  const seen: string[] = [];
  const result = await loadEach(guest, '/o', declare(...names), {
    ...loader,
    programMs: 100,
    onProgram: ({ program }) => seen.push(program),
  });
  const calls = asked.map(({ name, message }) => {
    if (name === 'loadLadder') return `ladder ${message.programName}`;
    if (name === 'loadAlone') return `alone ${message.programName} -${message.withoutMap.join()}`;
    return name === 'loadSurvey' ? `survey -${message.skipProgram.join()} -${message.withoutMap.join()}` : name;
  });
  const verdicts = result.programs.map(({ program, stage, errno }) => `${program} ${stage} ${errno}`);
  return { ...result, asked, calls, verdicts, seen };
}

describe('an object, program by program', () => {
  it('of which all load needs one pass', async () => {
    const { calls, verdicts, programs } = await each(['a', 'b'], () => surveyed({ a: 0, b: 0 }));
    expect(calls).toEqual(['survey - -']);
    expect(verdicts).toEqual(['a done 0', 'b done 0']);
    expect(programs[0]!.stats).toMatchObject({ insns: 2, totalStates: 1, xlatedSize: 16, jitedSize: null });
  });

  it('without a program has its maps created, once', async () => {
    const maps = [{ name: 'm', errno: 0 }];
    const { calls, whole } = await each([], () => surveyed({}, { map: maps, attach: 1 }));
    expect([calls, whole?.stage]).toEqual([['survey - -'], 'done']);
  });

  it('is attached by the pass that loads it as an agent would', async () => {
    const outcome = ['a', 'b'].map((name) => ({ name, errno: 0, ...unplaced, warning: [], ...nowhere }));
    const { whole } = await each(['a', 'b'], () => surveyed({ a: 0, b: 0 }, { attach: 1, outcome }));
    const attached = { kind: 'attached', place: null };
    const attach = new Map([
      ['a', attached],
      ['b', attached],
    ]);
    expect(whole).toEqual({ stage: 'done', errno: 0, stoppedAt: null, libbpf: [], attach });
  });

  it('has a loader that died attaching after the pass', async () => {
    const dead = { ...hung, progressStage: stages.attach, progressName: 'b', attach: 1 };
    const { whole, verdicts } = await each(['a', 'b'], () => surveyed({ a: 0, b: 0 }, dead));
    expect(verdicts).toEqual(['a done 0', 'b done 0']);
    expect(whole?.attach.get('b')).toMatchObject({ kind: 'failed', errno: 110 });
  });

  it('has an answer while what was attached is let go', async () => {
    const { whole, verdicts } = await each(['a'], () => surveyed({ a: 0 }, { end: ends.running, attach: 1 }));
    expect([verdicts, whole?.stage]).toEqual([['a done 0'], 'done']);
  });

  it('is not asked again about programs that are the same to the verifier', async () => {
    const memo = new LoadMemo();
    const told = (name: string, key: string, known?: 1) => ({
      ...{ name, errno: 0, statsLog: known === undefined ? stats : '', loadKey: key, known },
      ...unsized,
      ...nowhere,
    });
    const outcome = (...names: string[]) =>
      names.map((name) => ({ name, errno: 0, ...unplaced, warning: [], ...nowhere }));
    const pass = (program: Survey['program'], names: string[]) => () =>
      surveyed({}, { program, attach: 1, outcome: outcome(...names) });
    const first = await each(['a', 'b'], pass([told('a', 'A'), told('b', 'B')], ['a', 'b']), { memo });
    expect(memo.keys).toEqual(['A', 'B']);
    const second = await each(['a', 'b'], pass([told('a', 'A', 1), told('b', 'C')], ['b']), { memo });
    expect([second.verdicts, memo.recalled]).toEqual([['a done 0', 'b done 0'], 1]);
    expect(second.programs[0]).toEqual(first.programs[0]);
    expect(second.whole).toEqual(first.whole);
    expect(memo.keys).toEqual(['B', 'A', 'C']);
  });

  it('does not remember what was rejected, or could not be attached', async () => {
    const memo = new LoadMemo();
    const told = (name: string, errno: number) => ({
      ...{ name, errno, statsLog: stats, loadKey: name, known: undefined },
      ...unsized,
      ...nowhere,
    });
    const both = surveyed({}, { program: [told('a', 0), told('b', 22)] });
    await each(['a', 'b'], ({ name }) => (name === 'loadSurvey' ? both : rejected), { memo });
    const failed = [{ name: 'a', errno: 2, ...unplaced, warning: [], ...nowhere }];
    await each(['a'], () => surveyed({}, { program: [told('a', 0)], attach: 1, outcome: failed }), { memo });
    expect(memo.keys).toEqual([]);
  });

  it('said to be known by a key that nobody gave ends the conversation', async () => {
    const program = [{ name: 'a', errno: 0, statsLog: '', loadKey: 'X', known: 1, ...unsized, ...nowhere }];
    const asked = each(['a'], () => surveyed({}, { program }), { memo: new LoadMemo() });
    await expect(asked).rejects.toThrow('said to be known');
  });

  it('is not taken for whole when the pass says nothing of attaching', async () => {
    expect((await each(['a'], () => surveyed({ a: 0 }))).whole).toBeNull();
  });

  it('has the verdict of the load alone for what was rejected', async () => {
    const { calls, verdicts, seen } = await each(['a', 'b', 'c'], ({ name }) =>
      name === 'loadSurvey' ? surveyed({ a: 13, b: 0, c: 0 }) : rejected,
    );
    expect(calls).toEqual(['survey - -', 'alone a -', 'ladder a']);
    expect(verdicts).toEqual(['a prog 22', 'b done 0', 'c done 0']);
    expect(seen).toEqual(['b', 'c', 'a']);
  });

  it('goes on behind a program at which libbpf gave up', async () => {
    const { calls, verdicts } = await each(['a', 'b', 'c', 'd'], ({ name, message }) => {
      if (name === 'loadAlone') return alone({ stage: stages.prepare, errno: 3 });
      return name === 'loadSurvey' && message.skipProgram.length > 0
        ? surveyed({ c: 0, d: 0 })
        : surveyed({ a: 0 }, { stage: stages.prepare, errno: 3 });
    });
    expect(calls).toEqual(['survey - -', 'alone b -', 'survey -a,b -']);
    expect(verdicts).toEqual(['a done 0', 'b prepare 3', 'c done 0', 'd done 0']);
  });

  it('is loaded one by one when no pass comes to any program', async () => {
    const { calls } = await each(['a', 'b'], ({ name }) =>
      name === 'loadSurvey' ? surveyed({}, { stage: stages.prepare, errno: 2 }) : alone(),
    );
    expect(calls).toEqual(['survey - -', 'alone a -', 'alone b -']);
  });

  it('has programs that the pass passes over loaded alone', async () => {
    const { calls } = await each(['a', 'b'], ({ name }) => (name === 'loadSurvey' ? surveyed({ a: 0 }) : rejected));
    expect(calls).toEqual(['survey - -', 'alone b -', 'ladder b']);
  });

  it('of which one reply cannot tell everything is surveyed on', async () => {
    const { calls, verdicts } = await each(['a', 'b', 'c'], ({ name, message }) => {
      if (name !== 'loadSurvey') return rejected;
      return message.skipProgram.length > 0 ? surveyed({ c: 0 }) : surveyed({ a: 0, b: 1 }, { more: 1 });
    });
    expect(calls).toEqual(['survey - -', 'alone b -', 'ladder b', 'survey -a,b -']);
    expect(verdicts).toEqual(['a done 0', 'b prog 22', 'c done 0']);
  });

  it('is judged without the maps that the kernel cannot create', async () => {
    const { calls, programs, maps } = await each(['a', 'b'], ({ name, message }) => {
      if (name === 'loadMaps')
        return reply('loadMaps', { ...worked, ...done, map: [{ name: 'm2', errno: 22, ...asked, usedBy: ['b'] }] });
      if (name === 'loadAlone') return rejected;
      return name === 'loadSurvey' && message.withoutMap.length > 0
        ? surveyed({ a: 0, b: 22 }, { map: [{ name: 'm1', errno: 0 }] })
        : surveyed({}, { stage: stages.map, errno: 22, map: [{ name: 'm2', errno: 22 }] });
    });
    expect(calls).toEqual(['survey - -', 'loadMaps', 'survey - -m2', 'alone b -m2']);
    expect(programs.map(({ missingMaps }) => missingMaps)).toEqual([[], ['m2']]);
    expect(maps).toEqual([
      { map: 'm1', errno: 0, asked: null },
      { map: 'm2', errno: 22, asked: { ...sizes, flags: 1, hasInner: false } },
    ]);
  });

  it('is loaded as a loader that lacks capabilities, each time, and once more as one that lacks none', async () => {
    // Bits 38 and 21: more than 32 bits hold.
    const mask = 2 ** 38 + 2 ** 21;
    const answer = ({ name, message }: Asked): Answer => {
      if (name === 'loadAlone') return message.withoutCapabilities === undefined ? alone() : rejected;
      return surveyed({ a: 1 });
    };
    const { asked, calls, programs } = await each(['a'], answer, { withoutCapabilities: ['perfmon', 'sys_admin'] });
    expect(calls).toEqual(['survey - -', 'alone a -', 'ladder a', 'alone a -']);
    const masks = asked.map(({ message }) => ('withoutCapabilities' in message ? message.withoutCapabilities : null));
    expect(masks).toEqual([mask, mask, mask, null]);
    const tried = programs[0]?.ladder?.map(({ step: name, errno }) => [name, errno]);
    expect(tried).toEqual([
      ['asked', 22],
      ['with-object', 1],
      ['all-capabilities', 0],
      ['other-name', 0],
    ]);
  });

  it('survives a program on which the loader hangs', async () => {
    let surveys = 0;
    const { calls, verdicts, programs } = await each(['a', 'b', 'c'], ({ name }) => {
      if (name === 'loadAlone') {
        return alone({ ...hung, ...silent, progressStage: stages.prog, progressName: 'b' });
      }
      surveys += 1;
      return surveys === 1
        ? surveyed({ a: 0 }, { ...hung, ...silent, progressStage: stages.prog, progressName: 'b' })
        : surveyed({ c: 0 });
    });
    expect(calls).toEqual(['survey - -', 'alone b -', 'survey -a,b -']);
    expect(verdicts).toEqual(['a done 0', 'b prog 110', 'c done 0']);
    expect(programs[1]!.libbpf).toEqual(['guest: the loader did not finish within 0.1 s at b']);
  });

  it('keeps the verdict of a program whose log takes too long', async () => {
    const { programs } = await each(['a'], ({ name }) => {
      if (name === 'loadSurvey') return surveyed({ a: 7 });
      const at = { progressStage: stages.prog, progressName: 'a' };
      return alone({ ...hung, ...silent, ...at, verdictErrno: 7, statsLog: `too large\n${stats}` });
    });
    expect(programs[0]).toMatchObject({ stage: 'prog', errno: 7, log: `too large\n${stats}`, stats: { insns: 2 } });
    expect(programs[0]!.libbpf.at(-1)).toContain('did not finish');
  });

  it('brings the log and the line info', async () => {
    const log = 'R0 invalid mem access\n';
    const line = { insn: 3, file: 'a.c', line: 7, column: 2, text: '\treturn *p;' };
    const lines = encodeMessage(linesShape, { lineInfo: [line] });
    const { programs } = await each(['a'], ({ name, message }) => {
      if (name === 'loadSurvey') return surveyed({ a: 13 });
      if (name !== 'get') {
        const point = { attachPoint: 'bpf_lsm_x', attachPointExists: 0 };
        const files = { logPath: '/log', logBytes: 99, linesPath: '/lines' };
        return alone({ stage: stages.prog, errno: 13, typeSupported: 1, warning: ['w'], ...files, ...point });
      }
      const file = message.path === '/log' ? Buffer.from(log) : lines;
      return reply('get', { data: file.subarray(message.offset ?? 0), size: file.length });
    });
    expect(programs).toEqual([
      {
        program: 'a',
        stage: 'prog',
        errno: 13,
        log,
        logBytes: 99,
        stats: expect.objectContaining({ xlatedSize: 16 }) as unknown,
        lineInfo: [line],
        attachPoint: { name: 'bpf_lsm_x', exists: false, others: [] },
        progTypeSupported: true,
        missingMaps: [],
        libbpf: ['w'],
        kernelTypes: [],
        instructions: null,
        ladder: null,
      },
    ]);
  });
});

describe('the whole object', () => {
  type Whole = Message<ReplyOf<'loadWhole'>>;
  async function whole(rest: Partial<Whole>) {
    const { stream } = fakeGuest(() => reply('loadWhole', { ...worked, ...done, outcome: [], ...rest }));
    const guest = await Guest.connect(stream, { helloMs: 1000, requestMs: 1000 });
    return loadWhole(guest, '/o', { attach: true, timeout: 1000 });
  }
  const outcome = (name: string, errno: number, told: Partial<typeof unplaced> = {}) => ({
    ...{ name, errno, ...unplaced, ...told },
    ...{ warning: ['w'], ...nowhere },
  });

  it('tells each attach', async () => {
    const { attach } = await whole({
      outcome: [
        outcome('a', 0),
        outcome('b', 95, { reason: 'why' }),
        outcome('c', 2),
        outcome('d', 95),
        outcome('e', 0, { place: 'a cgroup' }),
      ],
    });
    expect([...attach]).toEqual([
      ['a', { kind: 'attached', place: null }],
      ['b', { kind: 'unattachable', reason: 'why' }],
      ['c', { kind: 'failed', errno: 2, libbpf: ['w'], attachPoint: null, symbol: null }],
      // The kernel was asked and said EOPNOTSUPP: that is its answer, not libbpf's.
      ['d', { kind: 'failed', errno: 95, libbpf: ['w'], attachPoint: null, symbol: null }],
      ['e', { kind: 'attached', place: 'a cgroup' }],
    ]);
  });

  it('tells where the load stopped', async () => {
    expect(await whole({ stage: stages.map, errno: 22, stoppedAt: 'm', warning: ['w'] })).toEqual({
      stage: 'map',
      errno: 22,
      stoppedAt: 'm',
      libbpf: ['w'],
      attach: new Map(),
    });
  });

  it('tells a loader that died loading, or attaching', async () => {
    const killed = { ...worked, end: ends.signalled, endCode: 9 };
    expect(await whole({ ...killed, ...silent, progressStage: stages.prog, progressName: 'p' })).toMatchObject({
      stage: 'prog',
      errno: 131,
      stoppedAt: 'p',
    });
    const { stage, errno, attach } = await whole({ ...killed, progressStage: stages.attach, progressName: 'p' });
    expect([stage, errno, attach.get('p')]).toMatchObject(['done', 0, { kind: 'failed', errno: 131 }]);
    expect(await whole({ ...killed, progressStage: stages.attach })).toMatchObject({ stage: 'done', errno: 131 });
  });
});

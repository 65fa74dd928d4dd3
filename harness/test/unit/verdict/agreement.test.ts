// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LoaderAnswer } from '../../../model/loader-answer.js';
import type { ObjectReport } from '../../../model/report.js';
import { agreementPage } from '../../../report/pages/agreement.js';
import { readLoaderLines, readVeristat } from '../../../results/loader-answers.js';
import { agreementOf, differenceKinds } from '../../../verdict/agreement.js';
import { agreementRows } from '../../../verdict/agreement-rows.js';
import { hooks, kernelWith, rejected, whole } from '../../fixtures/compare.js';

const loaded: LoaderAnswer = { kind: 'loaded' };
const refused = (message: string, errno: number | null = null): LoaderAnswer => ({ kind: 'refused', errno, message });
const atMapOf = (errno: number | null): LoaderAnswer =>
  refused("load 22: libbpf: map 'events': failed to create: -EINVAL", errno);
const atMap = atMapOf(null);

function withMap(more: Partial<ObjectReport['maps'][number]>): ObjectReport {
  const object = whole('net');
  return { ...object, maps: object.maps.map((map) => ({ ...map, ...more })) };
}
/** EINVAL, as the reports of these fixtures have it. */
const failed = rejected('net', hooks).programs[0]!.load;
const sound = withMap({});
const unsized = withMap({ maxEntries: 0 });
const unsizedHash = withMap({ maxEntries: 0, type: 'hash' });
const trace = withMap({ maxEntries: 16, type: 'stack_trace', valueSize: 0 });
const notCreated = withMap({ error: 'EINVAL' });
const perf = withMap({ maxEntries: 0, type: 'perf_event_array' });

describe('agreementOf', () => {
  it.each<[string, ObjectReport, boolean, LoaderAnswer, LoaderAnswer, string | null]>([
    ['all load', sound, true, loaded, loaded, 'agrees'],
    ['all refuse', sound, false, refused('failure'), atMap, 'agrees'],
    ['all refuse with one errno', sound, false, refused('failure'), refused('', 22), 'agrees'],
    ['another errno', sound, false, refused('failure'), refused('', 13), null],
    ['another errno, at a map without a size', unsized, false, refused('failure'), atMapOf(1), 'unsized-map'],
    ['another errno, at a map with a size', sound, false, refused('failure'), atMapOf(1), null],
    ['an object that another does not mention', sound, false, { kind: 'absent', message: '' }, atMap, null],
    ['a ring buffer without a size', unsized, true, refused('failure'), atMap, 'unsized-map'],
    ['a hash without a size, which veristat sizes', unsizedHash, true, loaded, atMap, 'unsized-map'],
    ['a hash without a size, which veristat should size', unsizedHash, true, refused('failure'), atMap, null],
    ['a stack trace without a length', trace, true, refused('failure'), atMap, 'unsized-map'],
    ['a map that nobody can create', notCreated, true, refused('failure'), atMap, 'map-left-out'],
    ['a map with a size', sound, true, loaded, atMap, null],
    ['a map that needs no size', perf, true, loaded, atMap, null],
    ['another map', unsized, true, loaded, refused("load 12: map 'other': failed to create"), null],
    ['another reason', unsized, true, loaded, refused('load 22: '), null],
    ['an answer that is not there', unsized, true, { kind: 'absent', message: '' }, loaded, null],
    ['we alone refuse', unsized, false, loaded, loaded, null],
    ['one of two has no reason', unsizedHash, true, refused('failure'), atMap, null],
  ])('%s', (_, object, ours, veristat, loader, expected) => {
    const agreement = agreementOf(object, ours ? { kind: 'loaded' } : failed, { veristat, loader });
    expect(agreement.kind === 'agrees' ? 'agrees' : (agreement.why?.kind ?? null)).toBe(expected);
  });
});

describe('agreementRows', () => {
  const object = whole('net');
  const names = object.programs.map(({ name }) => name);
  const line = (program: string): string => `/o/net.bpf.o\t${program}\tload\t0\t\n`;
  const csv = ['file_name,prog_name,verdict', ...names.map((name) => `net.bpf.o,${name},success`)].join('\n');
  const runWith = (programs: readonly string[]) => ({
    kernel: kernelWith('6.12', object),
    loader: readLoaderLines(programs.map(line).join('')),
    veristat: readVeristat(csv, ''),
  });

  it('has a row for each program, and they agree', () => {
    const rows = agreementRows(runWith(names));
    expect(rows.map(({ program, agreement }) => [program, agreement.kind])).toEqual(
      names.map((name) => [name, 'agrees']),
    );
    expect(agreementPage(rows)).toEqual([expect.stringContaining(`${names.length} agree`)]);
  });

  it('sees a program that another loader lacks, and one that we lack', () => {
    const rows = agreementRows(runWith([...names.slice(1), 'hidden']));
    const differing = rows.filter(({ agreement }) => agreement.kind === 'differs');
    expect(differing.map(({ program, ours }) => [program, ours])).toEqual([
      [names[0], 'loaded'],
      ['hidden', 'absent'],
    ]);
    expect(agreementPage(rows).join('\n')).toContain('2 UNEXPLAINED');
  });

  it('has a row for an object that nobody opens', () => {
    const bad: ObjectReport = {
      ...whole('bad'),
      programs: [],
      whole: failed,
      verdict: { kind: 'fail', stage: 'open', code: 'OBJECT_INVALID' },
    };
    const run = {
      kernel: kernelWith('6.12', bad),
      loader: readLoaderLines('/o/bad.bpf.o\t-\topen\t22\t\n'),
      veristat: readVeristat('file_name,prog_name,verdict', "Failed to open '/o/bad.bpf.o': -22\n"),
    };
    const rows = agreementRows(run);
    expect(rows.map(({ program, ours, agreement }) => [program, ours, agreement.kind])).toEqual([
      ['-', 'OBJECT_INVALID', 'agrees'],
    ]);
  });
});

it('each kind of difference has a row in docs/comparison.md, and no row is left over', () => {
  const rows = readFileSync('docs/comparison.md', 'utf8').matchAll(/^\| `([a-z-]+)` /gm);
  expect([...rows].map(([, kind]) => kind)).toEqual([...differenceKinds]);
});

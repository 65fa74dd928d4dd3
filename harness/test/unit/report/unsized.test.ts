// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { ObjectReport } from '../../../model/report.js';
import { unsizedBlocks, unsizedLines } from '../../../report/views/unsized.js';
import { kernelWith, runOf, whole } from '../../fixtures/compare.js';

function withMap(more: Partial<ObjectReport['maps'][number]>): ObjectReport {
  const object = whole('net');
  return { ...object, maps: object.maps.map((map) => ({ ...map, ...more })) };
}
const runWith = (...objects: readonly ObjectReport[]) =>
  runOf([kernelWith('6.1', ...objects), kernelWith('6.12', ...objects)], ['net']);

it('names a map without a size once for all kernels, on the terminal and in Markdown', () => {
  const report = runWith(withMap({ maxEntries: 0 }));
  const line = 'net/events: no number of entries in the object; loaded with the usual, as its own loader would';
  expect(unsizedLines(report)).toEqual([`  ${line}`]);
  expect(unsizedBlocks(report).flat().join('')).toContain('net/events: no number of entries');
});

it('names what a stack trace lacks', () => {
  const lines = (more: Partial<ObjectReport['maps'][number]>) =>
    unsizedLines(runWith(withMap({ type: 'stack_trace', ...more }))).join();
  expect(lines({ valueSize: 0 })).toContain(': no size of its values in');
  expect(lines({ valueSize: 0, maxEntries: 0 })).toContain(': no number of entries, no size of its values in');
  expect(lines({ valueSize: 1016 })).toBe('');
});

it.each([
  ['with a size', withMap({})],
  ['without values', withMap({ valueSize: 0 })],
  ['of a type that wants none', withMap({ maxEntries: 0, type: 'task_storage' })],
  ['that libbpf sizes', withMap({ maxEntries: 0, type: 'perf_event_array' })],
])('is silent of a map %s', (_, object) => {
  expect(unsizedLines(runWith(object))).toEqual([]);
  expect(unsizedBlocks(runWith(object))).toEqual([]);
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Ends, unharmed } from '../../../soak/fault.js';
import { type Aftermath, wrongOf } from '../../../soak/judge.js';
import type { Ended } from '../../../soak/running.js';
import { allPass, rejectedOn612 } from '../../fixtures/reports.js';

/** What a soak calls wrong: each way in which a run can end wrong, planted. */

const [kernel] = allPass().kernels;
const whole = { ...allPass(), kernels: kernel === undefined ? [] : [kernel] };
const usual = {
  imageSha256: kernel?.status === 'ran' ? kernel.identity.imageSha256 : '',
  programs: kernel?.status === 'ran' ? kernel.objects.flatMap(({ programs }) => programs).length : 0,
};
const passed: Ended = { code: 0, signal: null, isHung: false, ms: 900, stdout: 'PASS\n', stderr: '', peak: 120_000 };
const sound: Aftermath = { ended: passed, report: whole, processes: [], files: [] };
const ended = (more: Partial<Ended>): Partial<Aftermath> => ({ ended: { ...passed, ...more } });
const wrong = (more: Partial<Aftermath>, ends: Ends = unharmed): readonly string[] =>
  wrongOf({ ...sound, ...more }, ends, usual);
const refusedOnly: Ends = { codes: [2], passes: 'usual' };

describe('a run that is right', () => {
  it('passes as ever', () => {
    expect(wrong({})).toEqual([]);
  });

  it('is refused with one sentence, and leaves no report', () => {
    const refusal = ended({ code: 2, stdout: '', stderr: 'error: no such file\n  next: name another\n' });
    expect(wrong({ ...refusal, report: null }, refusedOnly)).toEqual([]);
  });

  it('dies of what cannot be caught, and may leave files then', () => {
    const killed = ended({ code: null, signal: 'SIGKILL', stdout: '' });
    const ends: Ends = { codes: [], signals: ['SIGKILL'], passes: 'usual', mayLeave: true };
    expect(wrong({ ...killed, report: null, files: ['tmp/x'] }, ends)).toEqual([]);
  });
});

describe('a run that is wrong', () => {
  it.each<readonly [string, Partial<Aftermath>, string]>([
    ['hangs', ended({ isHung: true, code: null }), 'it did not end'],
    ['ends with another code', ended({ code: 1 }), 'exit 1, and not 0'],
    ['is killed', ended({ code: null, signal: 'SIGSEGV' }), 'it was killed by SIGSEGV'],
    ['prints a stack', ended({ stderr: 'TypeError: x\n    at f (file:///a/b.js:1:2)\n' }), 'says: at f'],
    ['blames itself', ended({ stderr: 'next: this is a fault of bpf-matrix: run again' }), 'says: fault of bpf-matrix'],
    ['has two errors', ended({ stderr: 'error: a\nerror: b\n' }), '2 errors'],
    ['takes too much memory', ended({ peak: 400 * 1024 }), 'it took 400 MiB'],
    ['leaves a machine', { processes: ['qemu-system-x86_64'] }, 'still runs: qemu'],
    ['leaves a file', { files: ['reports/.report.partial'] }, 'is left: reports'],
    ['has no report', { report: null }, 'a pass without a report'],
    ['has half a report', { report: 'not JSON' }, 'half a report'],
    ['says otherwise in its report', { report: { ...whole, exitCode: 3 } }, 'run.json says exit 3'],
    ['passes without a kernel', { report: { ...whole, kernels: [] } }, 'a pass of no kernel'],
    ['passes with a program that was refused', { report: { ...rejectedOn612(), exitCode: 0 } }, 'a pass'],
  ])('%s', (_, more, sentence) => {
    expect(wrong(more).join('\n')).toContain(sentence);
  });

  it('passes with another image', () => {
    expect(wrongOf(sound, unharmed, { ...usual, imageSha256: 'another' })).toEqual([
      expect.stringContaining('a pass of another image'),
    ]);
  });

  it('ends and says nothing', () => {
    expect(wrong({ ...ended({ code: 2, stdout: '' }), report: null }, refusedOnly)).toEqual(['it says nothing']);
  });
});

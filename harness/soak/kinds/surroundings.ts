// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import type { InjectedFault, FaultKind } from '../fault.js';
import { refused, unharmed } from '../fault.js';
import { usualArgs } from '../lab.js';
import type { Random } from '../random.js';
import type { Outlet } from '../running.js';

const outlets: readonly [readonly [string, Outlet], ...(readonly [string, Outlet])[]] = [
  ['is /dev/full', { kind: 'file', path: '/dev/full' }],
  ['is closed', { kind: 'closed' }],
  ['has a reader that leaves at once', { kind: 'reader leaves', after: 1 }],
  ['has a reader that leaves after 200 bytes', { kind: 'reader leaves', after: 200 }],
];

/** What it printed is lost, and what it proved is not. */
function output(random: Random): InjectedFault {
  const which = random.oneOf<'stdout' | 'stderr'>(['stdout', 'stderr']);
  const [how, outlet] = random.oneOf(outlets);
  return {
    what: `${which} ${how}`,
    ends: { codes: [0, 3], passes: 'usual', isMute: true },
    inject: (lab) => lab.start({ [which]: outlet }).ended,
  };
}

function limits(random: Random): InjectedFault {
  const [flag, least, most] = random.oneOf<readonly [string, number, number]>([
    ['--nofile', 12, 40],
    ['--nofile', 20, 30],
    ['--fsize', 1000, 200_000],
    ['--as', 700_000_000, 1_500_000_000],
    ['--core', 0, 0],
    ['--stack', 200_000, 1_000_000],
  ]);
  const value = random.between(least, most);
  // A runtime that has no memory left dies in its own way.
  const dies = flag === '--as' || flag === '--stack' || flag === '--nofile';
  return {
    what: `prlimit ${flag}=${value}`,
    ends: {
      codes: dies ? [0, 2, 3, 7, 9, 127, 133, 134, 139] : [0, 2, 3],
      signals: dies ? ['SIGABRT', 'SIGTRAP', 'SIGSEGV', 'SIGILL', 'SIGBUS'] : [],
      passes: 'usual',
      mayLeave: dies,
      isMute: true,
    },
    inject: (lab) => lab.start({ through: ['prlimit', `${flag}=${value}`] }).ended,
  };
}

/** A clock that is set while the harness runs: what it reads jumps, at a moment and by an amount. */
function clock(random: Random): InjectedFault {
  const after = random.between(0, 1500);
  const seconds = random.oneOf([-31_536_000, -3600, -30, -1, 1, 30, 3600, 31_536_000]);
  return {
    what: `the clock is set by ${seconds} s after ${after} ms`,
    ends: unharmed,
    inject: async (lab) => {
      const path = join(lab.folder, 'clock.mjs');
      await writeFile(path, steppedClock(after, seconds * 1000));
      return lab.start({ env: { NODE_OPTIONS: `--import=${path}` } }).ended;
    },
  };
}

function steppedClock(after: number, by: number): string {
  return `const real = Date; const from = performance.now();
const now = () => real.now() + (performance.now() - from > ${after} ? ${by} : 0);
globalThis.Date = class extends real {
  constructor(...given) { if (given.length === 0) super(now()); else super(...given); }
  static now() { return now(); }
};
`;
}

/** Words on the command line and in the environment that nobody expects. */
const strange = [
  '',
  ' ',
  '-1',
  '0',
  '99999999999999999999',
  '1e9',
  'NaN',
  '6.12,6.12',
  '../x',
  '*',
  '--',
  'a=b',
  '\u{1b}[2J',
  '::error::x',
  'ö'.repeat(300),
] as const;
const flags = [
  '--kernel',
  '--only',
  '--timeout',
  '--memory',
  '--jobs',
  '--repeat',
  '--lsm',
  '--append',
  '--reporter',
  '--program',
  '--scenario',
  '--accel',
  '--config',
  '--object',
  '--nothing',
] as const;

function commandLine(random: Random): InjectedFault {
  const flag = random.oneOf([...flags]);
  const value = random.oneOf<string>([...strange]);
  return {
    what: `${flag} ${JSON.stringify(value).slice(0, 30)}`,
    ends: { ...refused, codes: [0, 1, 2, 3], passes: 'its own' },
    inject: (lab) => {
      // In place of the usual one, where there is one.
      const at = usualArgs.indexOf(flag);
      const args = at < 0 ? [...usualArgs, flag, value] : usualArgs.toSpliced(at + 1, 1, value);
      return lab.start({ args: [...args, '--out', lab.out] }).ended;
    },
  };
}

export const surroundingKinds: readonly FaultKind[] = [
  { name: 'output', about: 'stdout or stderr full, closed, or with a reader that leaves', share: 8, choose: output },
  { name: 'limits', about: 'few descriptors, small files, little memory', share: 8, choose: limits },
  { name: 'clock', about: 'the clock is set forth or back', share: 8, choose: clock },
  { name: 'command-line', about: 'wrong flags', share: 8, choose: commandLine },
];

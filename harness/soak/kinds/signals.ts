// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { InjectedFault, FaultKind } from '../fault.js';

import type { Lab } from '../lab.js';
import { machinesOf } from '../process-table.js';
import type { Random } from '../random.js';
import { signalIfThere, type Ended } from '../running.js';

/** Milliseconds in which most of a run from a frozen guest takes place. */
const span = 2500;

async function signalled(lab: Lab, signal: NodeJS.Signals, whom: 'harness' | 'group', after: number): Promise<Ended> {
  const running = lab.start();
  await sleep(after);
  running.signal(signal, whom);
  return running.ended;
}

/** One that has a handler, in which everything is taken down; it may come before there is one. */
function interruption(random: Random): InjectedFault {
  const signal = random.oneOf<'SIGINT' | 'SIGTERM' | 'SIGHUP'>(['SIGINT', 'SIGTERM', 'SIGHUP']);
  const whom = random.oneOf<'harness' | 'group'>(['harness', 'group']);
  const after = random.between(0, span);
  return {
    what: `${signal} to the ${whom} after ${after} ms`,
    ends: { codes: [0, 130], signals: after < 1500 ? [signal] : [], passes: 'usual', isMute: true },
    inject: (lab) => signalled(lab, signal, whom, after),
  };
}

function stopped(random: Random): InjectedFault {
  const after = random.between(0, span);
  const ms = random.oneOf([500, 3000, 6000, 30_000]);
  return {
    what: `SIGSTOP to the group after ${after} ms, SIGCONT ${ms} ms later`,
    // A guest that was away for long may be asked again, or the machine is blamed.
    ends: { codes: [0, 3], passes: 'usual' },
    inject: async (lab) => {
      const running = lab.start();
      await sleep(after);
      running.signal('SIGSTOP', 'group');
      await sleep(ms);
      running.signal('SIGCONT', 'group');
      return running.ended;
    },
  };
}

function machineKilled(random: Random): InjectedFault {
  const signal = random.oneOf<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGABRT']);
  const after = random.between(0, 600);
  return {
    what: `${signal} to QEMU ${after} ms after it is there`,
    ends: { codes: [0, 3], passes: 'usual' },
    inject: async (lab) => {
      const running = lab.start();
      const deadline = performance.now() + 20_000;
      while (machinesOf(lab.mark).length === 0 && performance.now() < deadline) await sleep(5);
      await sleep(after);
      for (const pid of machinesOf(lab.mark)) signalIfThere(pid, signal);
      return running.ended;
    },
  };
}

function harnessKilled(random: Random): InjectedFault {
  const after = random.between(0, span);
  return {
    what: `SIGKILL to the harness after ${after} ms`,
    ends: { codes: [0], signals: ['SIGKILL'], passes: 'usual', mayLeave: true, isMute: true },
    inject: (lab) => signalled(lab, 'SIGKILL', 'harness', after),
  };
}

export const signalKinds: readonly FaultKind[] = [
  { name: 'interrupt', about: 'SIGINT, SIGTERM, SIGHUP to the harness or its group', share: 14, choose: interruption },
  { name: 'stop', about: 'SIGSTOP of the group, then SIGCONT', share: 8, choose: stopped },
  { name: 'kill-machine', about: 'QEMU is killed at a random moment', share: 12, choose: machineKilled },
  {
    name: 'kill-harness',
    about: 'the harness is killed; nothing stays, the next run is right',
    share: 12,
    choose: harnessKilled,
  },
];

// SPDX-License-Identifier: Apache-2.0
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sandboxArgv } from '../../../boot/qemu-argv.js';
import { Machine } from '../../../boot/machine.js';
import { type Found, SnapshotStore } from '../../../boot/snapshot/store.js';
import { InfraError, InterruptedError } from '../../../model/errors.js';
import type { LiveGuest } from '../../../run/launch.js';
import { type MachineLife, type SessionLimits, withMachine, type SessionPlan } from '../../../run/machine-session.js';
import { hello } from '../guest/fake-guest.js';
import { FakeHost } from './fixture/host.js';
import { filledWith } from '../boot/snapshot/fixture/filled.js';

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.open();
});
afterEach(() => host.close());

const quiet = (): Promise<void> => Promise.resolve();

function session(
  ask: (live: LiveGuest) => Promise<void> = quiet,
  more: Partial<SessionPlan> = {},
  limits?: SessionLimits,
): Promise<MachineLife> {
  const { context = host.context(), ...rest } = more;
  const plan: SessionPlan = {
    kernel: host.kernel('6.1'),
    accelFor: () => Promise.resolve('tcg'),
    context,
    lsm: context.lsm,
    name: '',
    ...rest,
  };
  return withMachine(plan, ask, limits);
}

const fails = (error: Error) => () => Promise.reject(error);

/** What every machine must leave behind, whatever became of it: nothing. */
async function expectNobodyLeft(started: number): Promise<void> {
  expect(await host.qemus()).toEqual({ started, running: 0 });
}

describe('a machine that comes up', () => {
  it('is handed over with its guest, and is gone when it was asked', async () => {
    let met: LiveGuest | undefined;
    const life = await session((live) => {
      met = live;
      return Promise.resolve();
    });
    expect(met?.guest.hello).toMatchObject({ release: hello.release });
    expect(life).toMatchObject({ fault: null, console: 'logs/6.1/console.log' });
    expect(life.boot).toMatchObject({ accel: 'tcg', start: 'cold', qemu: '9.9.9', modules: [] });
    expect(life.boot?.cmdline).toContain('lsm=landlock,bpf');
    expect(life.boot?.argv.slice(1, 3)).toEqual(sandboxArgv);
    expect(await readFile(join(host.at('out'), 'logs/6.1/console.log'), 'utf8')).toBe('Linux version 6.1.0-test\n');
    await expectNobodyLeft(1);
  });

  it('has the LSM list and the console of its session, not of the run', async () => {
    const life = await session(quiet, { lsm: ['landlock'], name: 'no-lsm' });
    expect(life.boot?.cmdline).toMatch(/lsm=landlock( |$)/);
    expect(life.console).toBe('logs/6.1/no-lsm.console.log');
  });

  it('notes what its image could do without', async () => {
    const { notes } = await session();
    expect(notes.join('\n')).toContain('taken to be built in');
  });
});

/** What may come after a session must not be a machine. */
const later = (): Promise<void> => sleep(300);

describe('a session that takes longer than its machine may, and all around it', () => {
  const limits = { beyondMachine: 700, end: 300 };
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
  const late = { cause: 'VM_TIMEOUT', message: 'run: no end of the session within 1 s', next: 'raise --timeout' };
  const hurried = (
    ask: (live: LiveGuest) => Promise<void>,
    more: Partial<SessionPlan> = {},
    within: SessionLimits = limits,
  ): Promise<readonly [MachineLife, number]> =>
    timed(session(ask, { context: host.context({ timeout: 300 }), ...more }, within));

  async function timed<T>(work: Promise<T>): Promise<readonly [T, number]> {
    const started = performance.now();
    return [await work, performance.now() - started];
  }

  it('is ended: whoever asks its guest never comes to an end', async () => {
    const [life, ms] = await hurried(never);
    expect(life).toMatchObject({ fault: late, boot: { start: 'cold' }, console: 'logs/6.1/console.log' });
    expect(ms).toBeLessThan(5000);
    await expectNobodyLeft(1);
  });

  it('is ended: what it needs never comes, and when it does it starts nothing', async () => {
    let proved: (accel: 'tcg') => void = () => undefined;
    const accelFor = (): Promise<'tcg'> => new Promise((resolve) => (proved = resolve));
    const [life] = await hurried(quiet, { accelFor });
    expect(life).toMatchObject({ fault: late, boot: null, console: null });
    proved('tcg');
    await later();
    await expectNobodyLeft(0);
  });

  it.each([
    ['is killed with it', '', ''],
    ['holds its output in a session of its own', 'setsid', '3>&- 4>&-'],
    ['holds its output and all its channels', 'setsid', ''],
  ])('is ended: QEMU leaves a child behind, which %s', async (_, through, closed) => {
    const child = host.at('child');
    await host.qemu(host.boots(`${through} sh -c 'echo $$ > ${child}; exec sleep 60' ${closed} & exec sleep 60`));
    const [life, ms] = await hurried(never, {}, { ...limits, end: 20_000 });
    expect(life.fault).toMatchObject(late);
    expect(ms).toBeLessThan(12_000);
    await expectNobodyLeft(1);
    const pid = Number(await readFile(child, 'utf8'));
    // Whoever was killed may wait for its parent.
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const isRunning = status !== '' && !status.includes('State:\tZ');
    if (isRunning) process.kill(pid, 'SIGKILL');
    expect(isRunning).toBe(through !== '');
  });

  it('is ended: the end of its machine never comes', async () => {
    const stop = vi.spyOn(Machine.prototype, 'stop').mockImplementation(never);
    const [{ fault }, ms] = await hurried(quiet);
    stop.mockRestore();
    expect(fault).toMatchObject(late);
    expect(ms).toBeLessThan(5000);
    for (const pid of await host.pids()) process.kill(pid, 'SIGKILL');
  });

  it('and is interrupted ends with that', async () => {
    const ended = hurried(never);
    await sleep(400);
    host.abort.abort(new InterruptedError('SIGINT'));
    await expect(ended).rejects.toBeInstanceOf(InterruptedError);
    await later();
    await expectNobodyLeft(1);
  });
});

describe('a fault is data', () => {
  it.each<[string, Error, object]>([
    [
      'of the machinery keeps its cause and its next step',
      new InfraError('REQUEST_TIMEOUT', { message: 'no answer to load', next: 'wait longer' }),
      { cause: 'REQUEST_TIMEOUT', message: 'no answer to load', next: 'wait longer' },
    ],
    [
      'of another kind is the harness',
      new TypeError('x is not a function'),
      { cause: 'HARNESS', message: 'x is not a function' },
    ],
  ])('%s', async (_, error, fault) => {
    const life = await session(fails(error));
    expect(life.fault).toMatchObject(fault);
    expect(life.fault?.consoleTail).toEqual(['Linux version 6.1.0-test']);
    // What the machine had come to stays known.
    expect(life.boot).not.toBeNull();
    await expectNobodyLeft(1);
  });

  it('of a guest that runs another release than its package holds, before anything is asked of it', async () => {
    const ours = host.kernel('6.12');
    const kernel = { ...ours, identity: { ...ours.identity, release: '6.12.0-test' } };
    let isAsked = false;
    const life = await session(
      () => {
        isAsked = true;
        return Promise.resolve();
      },
      { kernel },
    );
    expect(life.fault).toMatchObject({
      cause: 'WRONG_KERNEL',
      next: expect.stringContaining('kernels fetch 6.12') as string,
    });
    expect(life.fault?.message).toBe('6.12: the guest says that it runs 6.1.0, and the kernel is 6.12.0-test');
    expect(isAsked).toBe(false);
    await expectNobodyLeft(1);
  });

  it('is none of a kernel file of the user, which may be any release', async () => {
    const kernel = host.kernel('6.12');
    const identity = { ...kernel.identity, source: 'file', release: null } as const;
    expect((await session(quiet, { kernel: { ...kernel, identity } })).fault).toBeNull();
  });

  it('of a guest that never says hello leaves no boot, and the console', async () => {
    await host.qemu(`echo 'Linux version 6.1.0-test'; exit 3`);
    const life = await session();
    expect(life).toMatchObject({ boot: null, console: 'logs/6.1/console.log', fault: { cause: 'QEMU_EXITED' } });
    await expectNobodyLeft(1);
  });

  it('of an image that cannot be built is told before any QEMU starts', async () => {
    await writeFile(host.at('guest/init'), 'no program');
    const life = await session();
    expect(life).toMatchObject({ boot: null, console: null, fault: { cause: 'IMAGE_BUILD', consoleTail: [] } });
    await expectNobodyLeft(0);
  });

  it('of an accelerator that does not work is one of this machine', async () => {
    const refused = new InfraError('QEMU_START', { message: 'KVM was asked for and does not work' });
    const life = await session(quiet, { accelFor: fails(refused) });
    expect(life.fault).toMatchObject({ cause: 'QEMU_START', message: refused.message, next: '' });
    await expectNobodyLeft(0);
  });

  it('that the kernel tells of after the last answer counts', async () => {
    await host.qemu(host.boots(`read -r; sleep 0.1; echo 'Oops: 0000'; exec sleep 60`));
    const life = await session(async ({ machine }) => {
      while (machine.sound) await new Promise((next) => setTimeout(next, 5));
    });
    expect(life.fault?.cause).toBe('KERNEL_OOPS');
    await expectNobodyLeft(1);
  });
});

describe('a machine that is stopped', () => {
  it('for seconds, by a signal, is known to have stood still; one that is not, is not', async () => {
    expect((await session()).disturbance.stoodStill).toBeLessThan(3000);
    const life = await session(async ({ machine: { pid = 0 } }) => {
      process.kill(pid, 'SIGSTOP');
      await sleep(4500);
      process.kill(pid, 'SIGCONT');
      await sleep(600);
    });
    expect(life.disturbance.stoodStill).toBeGreaterThan(3000);
  });
});

describe('a stall', () => {
  /** Wants a processor that another wants as well, until it has waited 0.3 s for it (proc(5): schedstat), then says `words`. */
  const starves = (words: string): string =>
    host.boots(`read -r; taskset -cp 0 $$ >/dev/null; timeout 20 sh -c 'while :; do :; done' & other=$!
      waited=0; while [ $waited -lt 300000000 ]; do read -r ran waited turns </proc/$$/schedstat; done
      kill $other; echo '${words}'; exec sleep 60`);
  const untilItIsSaid = async ({ machine }: LiveGuest): Promise<void> => {
    while (machine.sound) await sleep(5);
  };

  it('of a machine that waited for a processor comes with how long it did', async () => {
    await host.qemu(starves('rcu: INFO: rcu_preempt self-detected stall on CPU'));
    const life = await session(untilItIsSaid);
    expect(life.fault?.cause).toBe('RCU_STALL');
    expect(life.disturbance.starvedStall).toBeGreaterThan(200);
  });

  it('is not what an oops is, however long it waited', async () => {
    await host.qemu(starves('Oops: 0000'));
    expect((await session(untilItIsSaid)).disturbance.starvedStall).toBe(0);
  });
});

describe('an abort gets through', () => {
  it('as its reason, with QEMU gone', async () => {
    const reason = new InterruptedError('SIGINT');
    const running = session(({ machine }) => {
      host.abort.abort(reason);
      return machine.guard(new Promise(() => undefined));
    });
    await expect(running).rejects.toBe(reason);
    await expectNobodyLeft(1);
  });

  it('before anything was started', async () => {
    host.abort.abort(new InterruptedError('SIGTERM'));
    await expect(session()).rejects.toMatchObject({ signal: 'SIGTERM' });
    await expectNobodyLeft(0);
  });
});

describe('a snapshot', () => {
  /** Makes none, and remembers which was asked for. */
  class OldSnapshots extends SnapshotStore {
    readonly asked: string[] = [];

    override find(key: string): Promise<Found> {
      this.asked.push(key);
      return super.find(key);
    }

    override claim(): boolean {
      return false;
    }
  }

  let snapshots: OldSnapshots;
  let key: string;
  beforeEach(async () => {
    snapshots = new OldSnapshots(host.at('cache'), 1e9);
    await session(quiet, { context: host.context({ snapshots }) });
    key = snapshots.asked[0] ?? '';
    const console = (): Promise<Uint8Array> => Promise.resolve(Buffer.from('Linux version of then\n'));
    await snapshots.keep(key, { machine: '6.1', hello: {}, console }, filledWith(Buffer.alloc(5000, 7)));
    await host.qemu(`case $* in *-incoming*) echo 'wrong state' >&2; exit 1 ;; esac\n${host.boots()}`);
    await rm(host.at('pids'));
  });

  const restored = (): Promise<MachineLife> => session(quiet, { context: host.context({ snapshots }) });

  it('that QEMU refuses is dropped, said once, and the kernel booted cold', async () => {
    const life = await restored();
    expect(life).toMatchObject({ fault: null, boot: { start: 'cold' } });
    expect(host.notices()).toEqual([
      expect.stringMatching(/^6\.1: a snapshot is dropped and the kernel booted cold: /),
    ]);
    await expectNobodyLeft(2);
    expect(await new SnapshotStore(host.at('cache'), 1e9).find(key)).toEqual({ kind: 'miss' });
    // The console is that of the boot that counts.
    expect(await readFile(join(host.at('out'), 'logs/6.1/console.log'), 'utf8')).toBe('Linux version 6.1.0-test\n');
    await restored();
    expect(host.notices()).toHaveLength(1);
    await expectNobodyLeft(3);
  });

  it('that is damaged is dropped before any QEMU has seen it', async () => {
    await writeFile(join(host.at('cache'), 'snapshots', key, 'console.log'), 'another');
    expect(await restored()).toMatchObject({ fault: null, boot: { start: 'cold' } });
    expect(host.notices()).toEqual([expect.stringContaining('is missing or was changed')]);
    await expectNobodyLeft(1);
  });

  it('is not looked for with --cold', async () => {
    expect(await session()).toMatchObject({ boot: { start: 'cold' } });
    expect(host.notices()).toEqual([]);
    await expectNobodyLeft(1);
  });
});

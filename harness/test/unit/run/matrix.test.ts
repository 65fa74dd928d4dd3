// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InfraError, InterruptedError, UsageError } from '../../../model/errors.js';
import type { KernelResolution } from '../../../model/kernel.js';
import type { RunReport } from '../../../model/report.js';
import type { Agent } from '../../../model/agent.js';
import {
  type KernelRequest,
  type KernelWork,
  type MatrixOptions,
  onceAccel,
  proveWork,
  runMatrix,
} from '../../../run/matrix.js';
import { everyScenario } from '../../../plan/scenario-filter.js';
import type { KernelResult } from '../../../results/session.js';
import { healthy, loading } from '../../fixtures/evidence-session.js';
import { renderRunJson } from '../../../results/run-json.js';
import { resultOf } from '../../fixtures/results.js';
import { emulatedNotice } from '../../../boot/accel.js';
import { FirstFailure } from '../../../run/first-failure.js';
import { withoutSandbox } from '../../../run/host.js';
import { FakeHost } from './fixture/host.js';

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.open();
});
afterEach(() => host.close());

type Resolve = KernelRequest['resolve'];
const request = (id: string, resolve: Resolve = () => Promise.resolve(host.kernel(id))): KernelRequest => ({
  id,
  source: 'debian',
  resolve,
});
const unavailable = (id: string): KernelResolution => ({
  status: 'unavailable',
  id,
  source: 'debian',
  reason: 'SERIES_NOT_OFFERED',
  detail: 'no such series',
  tried: ['the archive: no'],
  next: 'try another',
});
const passes: KernelWork = (kernel) => Promise.resolve(resultOf(kernel.identity.id));

function options(ids: readonly (string | KernelRequest)[], more: Partial<MatrixOptions> = {}): MatrixOptions {
  return {
    ...host.context(),
    kernels: ids.map((id) => (typeof id === 'string' ? request(id) : id)),
    agents: [],
    only: 'none',
    scenarios: everyScenario,
    firstFailure: null,
    repeat: 1,
    notices: [],
    jobs: 2,
    idleJobs: 2,
    accel: 'tcg',
    available: false,
    frozen: false,
    given: [],
    tool: { name: 'bpf-matrix', version: '0' },
    onEvent: (event) => host.events.push(event),
    keep: null,
    ...more,
  };
}

const run = (
  ids: readonly (string | KernelRequest)[],
  work: KernelWork = passes,
  more: Partial<MatrixOptions> = {},
): Promise<RunReport> => runMatrix(options(ids, more), work);

const verdicts = ({ kernels }: RunReport): unknown[] => kernels.map(({ id, verdict }) => [id, verdict.kind]);

describe('what a kernel answered', () => {
  it('and nobody can judge costs that kernel, and no other', async () => {
    const work: KernelWork = ({ identity: { id } }) => {
      const result = resultOf(id);
      if (id !== '6.12' || result.kind === 'unavailable') return Promise.resolve(result);
      // No object that this machine could have sent.
      return Promise.resolve({ ...result, session: { ...result.session, objects: [null as never] } });
    };
    const report = await run(['6.1', '6.12'], work);
    expect(verdicts(report)).toEqual([
      ['6.1', 'pass'],
      ['6.12', 'infra'],
    ]);
    expect(report.kernels[1]).toMatchObject({
      cause: 'HARNESS',
      detail: expect.stringContaining('cannot be judged') as string,
    });
    expect(JSON.parse(renderRunJson(report))).toMatchObject({ exitCode: 3 });
  });

  it('and does not fit into a report costs that kernel, too, and so does what cannot be stored', async () => {
    const misfit: KernelWork = ({ identity: { id } }) => {
      const result = resultOf(id);
      if (id !== '6.12' || result.kind === 'unavailable') return Promise.resolve(result);
      return Promise.resolve({ ...result, session: { ...result.session, ms: Number.NaN } });
    };
    expect(verdicts(await run(['6.1', '6.12'], misfit))).toContainEqual(['6.12', 'infra']);
    const keep = (id: string): Promise<void> =>
      id === '6.12' ? Promise.reject(new RangeError('Maximum call stack size exceeded')) : Promise.resolve();
    const report = await run(['6.1', '6.12'], passes, { keep });
    expect(verdicts(report)).toEqual([
      ['6.1', 'pass'],
      ['6.12', 'infra'],
    ]);
  });

  it('and a full disk does not take ends the run: the next kernel would not fare better', async () => {
    const full = Object.assign(new Error('ENOSPC: write'), { code: 'ENOSPC', syscall: 'write' });
    await expect(run(['6.1'], passes, { keep: () => Promise.reject(full) })).rejects.toBe(full);
  });
});

describe('the report of a run', () => {
  it('is kept when the wall clock steps back while it goes on', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-01T12:00:00Z') });
    try {
      const stepsBack: KernelWork = (kernel) => {
        vi.setSystemTime(new Date('2020-01-01T00:00:00Z'));
        return Promise.resolve(resultOf(kernel.identity.id));
      };
      const report = await run(['6.1'], stepsBack);
      expect(report.started).toBe('2026-03-01T12:00:00.000Z');
      expect(report.ms).toBeGreaterThanOrEqual(0);
      expect(report.ms).toBeLessThan(60_000);
      expect(JSON.parse(renderRunJson(report))).toMatchObject({ exitCode: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('has the kernels in the order that was asked for, whichever ends first', async () => {
    const slowFirst: KernelWork = async (kernel, ...rest) => {
      if (kernel.identity.id === '6.1') await sleep(60);
      return passes(kernel, ...rest);
    };
    const report = await run(['6.1', '6.12'], slowFirst);
    expect(verdicts(report)).toEqual([
      ['6.1', 'pass'],
      ['6.12', 'pass'],
    ]);
    expect(report).toMatchObject({ exitCode: 0, findings: [], agent: null, host: { qemu: '9.9.9 (test)' } });
    const finished = host.events.flatMap((event) => (event.type === 'kernel-finished' ? [event.report.id] : []));
    expect(finished).toEqual(['6.12', '6.1']);
    expect(host.events[0]).toMatchObject({ type: 'run-started', kernels: ['6.1', '6.12'], jobs: 2 });
  });

  it('is never green without a kernel', async () => {
    const report = await run([]);
    expect(report.exitCode).toBe(1);
    expect(report.findings).toMatchObject([{ verdict: { code: 'NOTHING_TESTED' } }]);
  });

  it('has every notice, those of the command line first', async () => {
    const talks: Resolve = (tell) => {
      tell({ kind: 'notice', text: 'from the cache' });
      tell({ kind: 'step', text: 'download 1 of 2' });
      return Promise.resolve(host.kernel('6.1'));
    };
    const report = await run([request('6.1', talks)], passes, { notices: ['only loading is judged'] });
    expect(report.notices).toEqual(['only loading is judged', '6.1: from the cache']);
    expect(host.events).toContainEqual({
      type: 'kernel-phase',
      kernel: '6.1',
      phase: 'fetch',
      detail: 'download 1 of 2',
    });
  });

  it.each([
    ['knows no such option', 'echo "-sandbox: There is no option group" >&2; exit 1'],
    ['may not use it', 'kill -SYS $$'],
  ])('says that QEMU runs without its sandbox where it %s', async (_, sandbox) => {
    const sandboxes: boolean[] = [];
    const work: KernelWork = (kernel, accelFor, context, slot) => {
      sandboxes.push(context.sandbox);
      return passes(kernel, accelFor, context, slot);
    };
    expect((await run(['6.1'], work)).notices).toEqual([]);
    await host.qemu(host.boots(), sandbox);
    expect((await run(['6.1'], work)).notices).toEqual([withoutSandbox]);
    expect(sandboxes).toEqual([true, false]);
  });

  it('tells what has failed and what was not tested by its exit code', async () => {
    const fails: KernelWork = () => Promise.resolve(resultOf('6.1', 'fail'));
    expect((await run(['6.1', request('5.15', () => Promise.resolve(unavailable('5.15')))], fails)).exitCode).toBe(1);
  });
});

describe('a run that stops at its first failure', () => {
  const stops = { firstFailure: null as FirstFailure | null };
  beforeEach(() => {
    stops.firstFailure = new FirstFailure();
  });
  /** Fails on 6.12, at once; a kernel beside it waits until it is told to stop. */
  const work: KernelWork = async ({ identity: { id } }, _accelFor, { signal }) => {
    if (id === '6.12') return resultOf(id, 'fail');
    await sleep(10_000, undefined, { signal });
    return resultOf(id);
  };

  it('stops the others, and counts them as not run, never as passed', async () => {
    const report = await run(['6.12', '6.1', '6.17'], work, { ...stops, jobs: 3 });
    expect(verdicts(report)).toEqual([
      ['6.12', 'fail'],
      ['6.1', 'unavailable'],
      ['6.17', 'unavailable'],
    ]);
    expect(report.kernels[1]).toMatchObject({ reason: 'NOT_RUN', detail: 'the run ended at its first failure (-x)' });
    expect(report.exitCode).toBe(1);
  });

  it('is not forgiven by --available what broke before', async () => {
    const breaks: KernelWork = (kernel, ...rest) =>
      kernel.identity.id === '6.12' ? Promise.resolve(resultOf('6.12', 'infra')) : work(kernel, ...rest);
    const report = await run(['6.12', '6.1'], breaks, { ...stops, available: true });
    expect(verdicts(report).map((one) => (one as string[])[1])).toEqual(['infra', 'unavailable']);
    expect(report.exitCode).toBe(3);
  });

  it('keeps what had passed before, and goes on past a kernel that cannot be had', async () => {
    const missing = request('5.15', () => Promise.resolve(unavailable('5.15')));
    const late: KernelWork = async (kernel) => {
      if (kernel.identity.id === '6.12') await sleep(50);
      return resultOf(kernel.identity.id, kernel.identity.id === '6.12' ? 'fail' : 'pass');
    };
    const report = await run([missing, '6.1', '6.12'], late, stops);
    expect(report.kernels.map((kernel) => kernel.verdict)).toMatchObject([
      { reason: 'SERIES_NOT_OFFERED' },
      { kind: 'pass' },
      { kind: 'fail' },
    ]);
  });

  it('is interrupted as any other', async () => {
    const waiting = run(['6.1'], work, stops);
    setTimeout(() => {
      host.abort.abort(new InterruptedError('SIGINT'));
    }, 20);
    await expect(waiting).rejects.toThrow(InterruptedError);
  });
});

describe('a kernel that cannot be had', () => {
  const missing = request('5.15', () => Promise.resolve(unavailable('5.15')));

  it('is unavailable, is never worked on, and leaves the run incomplete', async () => {
    const worked: string[] = [];
    const work: KernelWork = (kernel, ...rest) => {
      worked.push(kernel.identity.id);
      return passes(kernel, ...rest);
    };
    const report = await run([missing, '6.1'], work);
    expect(worked).toEqual(['6.1']);
    expect(report.kernels[0]).toMatchObject({ reason: 'SERIES_NOT_OFFERED', tried: ['the archive: no'] });
    expect(report.exitCode).toBe(3);
  });

  it('is forgiven with --available when another one ran, and only then', async () => {
    expect((await run([missing, '6.1'], passes, { available: true })).exitCode).toBe(0);
    expect((await run([missing], passes, { available: true })).exitCode).toBe(3);
  });

  it('for want of a cache costs itself and no other', async () => {
    const full = new InfraError('HARNESS', { message: 'the cache is full', next: 'make room' });
    const report = await run([request('6.1', () => Promise.reject(full)), '6.12']);
    expect(report.kernels[0]).toMatchObject({
      status: 'unavailable',
      reason: 'CACHE_UNUSABLE',
      detail: 'the cache is full',
      next: 'make room',
    });
    expect(verdicts(report)[1]).toEqual(['6.12', 'pass']);
  });
});

describe('what is no data', () => {
  it('ends the run, and not before every other machine has ended', async () => {
    let ended = false;
    const slow: KernelWork = async (kernel, ...rest) => {
      await sleep(80);
      ended = true;
      return passes(kernel, ...rest);
    };
    const broken = request('6.1', () => Promise.reject(new TypeError('a bug')));
    await expect(run([broken, '6.12'], slow)).rejects.toThrow('a bug');
    expect(ended).toBe(true);
  });

  it('is an abort, as its reason, also where getting a kernel failed for it', async () => {
    const reason = new InterruptedError('SIGINT');
    const aborts = request('6.1', () => {
      host.abort.abort(reason);
      return Promise.reject(new InfraError('HARNESS', { message: 'cut off' }));
    });
    await expect(run([aborts])).rejects.toBe(reason);
  });

  it('is a host without QEMU', async () => {
    await expect(run(['6.1'], passes, { qemu: host.at('missing') })).rejects.toMatchObject({
      infra: 'QEMU_START',
      message: expect.stringContaining('there is no') as string,
    });
  });

  it('is a proof that the LSM list leaves no machine for, told before anything boots', () => {
    const asked = options(['6.1'], {
      agents: [{ contract: 'aegis' } as unknown as Agent],
      only: new Set(['file']),
      lsm: ['landlock'],
    });
    expect(() => proveWork(asked)).toThrow(UsageError);
    expect(() => proveWork({ ...asked, lsm: ['landlock', 'bpf'] })).not.toThrow();
  });
});

describe('--jobs', () => {
  it.each([1, 2])('%i: no more machines at a time, whatever the kernels', async (jobs) => {
    let running = 0;
    let most = 0;
    const work: KernelWork = async (kernel, accelFor, context, slot) => {
      const machine = () =>
        slot('load', async () => {
          most = Math.max(most, ++running);
          await sleep(15);
          running -= 1;
        });
      await Promise.all([machine(), machine()]);
      return passes(kernel, accelFor, context, slot);
    };
    await run(['6.1', '6.12', '6.17'], work, { jobs });
    expect(most).toBe(jobs);
  });

  it('is cut to the memory there is, and that is said', async () => {
    const report = await run(['6.1'], passes, { jobs: 64, memory: 1_000_000 });
    expect(report.notices).toEqual([expect.stringContaining('one machine runs at a time, not 64')]);
  });

  it('downloads three kernels at a time', async () => {
    let fetching = 0;
    let most = 0;
    const slowly = (id: string): KernelRequest =>
      request(id, async () => {
        most = Math.max(most, ++fetching);
        await sleep(15);
        fetching -= 1;
        return host.kernel(id);
      });
    await run(['1', '2', '3', '4', '5'].map(slowly), passes, { jobs: 1 });
    expect(most).toBe(3);
  });
});

describe('what a kernel answered', () => {
  it('is kept each time it was asked, before it is judged, also of one that could not be had', async () => {
    const kept: [string, readonly string[]][] = [];
    const keep: MatrixOptions['keep'] = (kernel, results) => {
      expect(host.events.some((event) => event.type === 'kernel-finished' && event.report.id === kernel)).toBe(false);
      kept.push([kernel, results.map(({ kind }) => kind)]);
      return Promise.resolve();
    };
    await run([request('5.15', () => Promise.resolve(unavailable('5.15'))), '6.1'], passes, { keep, repeat: 2 });
    expect(kept.sort()).toEqual([
      ['5.15', ['unavailable']],
      ['6.1', ['command', 'command']],
    ]);
  });
});

describe('--repeat', () => {
  const recorded = (answers: readonly KernelResult[]): { outs: string[]; work: KernelWork } => {
    const outs: string[] = [];
    const work: KernelWork = (_kernel, _accel, { out }) => {
      outs.push(out);
      return Promise.resolve(answers[(outs.length - 1) % answers.length]!);
    };
    return { outs, work };
  };
  const same: KernelResult = { kind: 'session', session: loading(), scenarios: healthy() };

  it('asks that often, each time with a folder of its own', async () => {
    const { outs, work } = recorded([same]);
    const report = await run(['6.1'], work, { repeat: 3 });
    expect(outs).toEqual([host.at('out'), host.at('out/repeats/2'), host.at('out/repeats/3')]);
    expect(report.exitCode).toBe(0);
    expect(report.kernels).toMatchObject([{ notes: ['REPEATED: 3 runs, the same verdicts in each'] }]);
  });

  it('calls an answer that changed a flake', async () => {
    const { work } = recorded([same, { ...same, scenarios: healthy().slice(1) }]);
    const report = await run(['6.1'], work, { repeat: 2 });
    expect(report.kernels).toMatchObject([{ verdict: { kind: 'fail', code: 'FLAKY' } }]);
    expect(report.exitCode).toBe(1);
  });
});

describe('the accelerator', () => {
  const settle = async (more: Partial<MatrixOptions>, ids: readonly string[], file: readonly string[] = []) => {
    const requests = ids.map((id) => ({ ...request(id), source: file.includes(id) ? 'file' : 'debian' }) as const);
    const asked = options(requests, more);
    const accelFor = onceAccel(asked, host.context(more));
    const found: string[] = [];
    for (const id of ids) {
      const kernel = host.kernel(id);
      const source = file.includes(id) ? 'file' : 'debian';
      found.push(await accelFor({ ...kernel, identity: { ...kernel.identity, source } }));
    }
    return found;
  };

  // Where there is a /dev/kvm, this QEMU does not boot anything under it.
  beforeEach(() => host.qemu('exit 1'));

  it('is settled once for a run, and why it is not KVM is said once', async () => {
    expect(await settle({ accel: 'auto' }, ['6.1', '6.12'])).toEqual(['tcg', 'tcg']);
    expect(host.notices()).toEqual([emulatedNotice]);
  });

  it('has in the report why it is not KVM, in full', async () => {
    const work: KernelWork = async (kernel, accelFor) => {
      await accelFor(kernel);
      return resultOf(kernel.identity.id);
    };
    const { host: machine, notices } = await run(['6.1'], work, { accel: 'auto' });
    expect(machine.kvm).toMatch(/QEMU exited with 1|there is no|may not be opened/);
    expect(notices).toEqual([emulatedNotice]);
  });

  it('is not settled by a file of the user, where there are other kernels', async () => {
    await settle({ accel: 'auto' }, ['6.1', '6.12']);
    // One proof, or none where there is no /dev/kvm.
    const proofs = (await host.qemus()).started;
    expect(await settle({ accel: 'auto' }, ['mine', '6.12'], ['mine'])).toEqual(['tcg', 'tcg']);
    expect((await host.qemus()).started).toBe(3 * proofs);
    expect(host.notices()).toHaveLength(2);
  });

  it('that is named needs no proof, or fails without one', async () => {
    expect(await settle({ accel: 'tcg' }, ['6.1'])).toEqual(['tcg']);
    expect(host.notices()).toEqual([]);
    await expect(settle({ accel: 'kvm' }, ['6.1'])).rejects.toMatchObject({ infra: 'QEMU_START' });
  });
});

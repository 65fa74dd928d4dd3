// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, vi } from 'vitest';
import { ReporterHub, type Reporter } from '../../../report/reporter.js';
import { eventsOf } from '../../fixtures/replay.js';
import { finished } from '../../fixtures/reporting.js';
import { allPass } from '../../fixtures/reports.js';

const events = eventsOf(allPass());

describe('several reporters', () => {
  it('hear every event in order, then the end', async () => {
    const heard: string[] = [];
    const reporter = (name: string): Reporter<'run'> => ({
      name,
      onEvent: (event) => heard.push(`${name} ${event.type}`),
      onEnd: async ({ report }) => {
        await Promise.resolve();
        heard.push(`${name} end ${report.exitCode}`);
      },
    });
    const hub = new ReporterHub<'run'>([reporter('a'), reporter('b')]);
    hub.onEvent(events[0]!);
    await hub.onEnd(finished(allPass()));
    expect(heard).toEqual(['a run-started', 'b run-started', 'a end 0', 'b end 0']);
    expect(hub.faults).toEqual([]);
  });

  it('one that throws is recorded once, is spared further events, and the others go on', async () => {
    const onEvent = vi.fn(() => {
      throw new Error('no luck');
    });
    const onEnd = vi.fn();
    const other = { name: 'other', onEvent: vi.fn(), onEnd: vi.fn() };
    const hub = new ReporterHub<'run'>([{ name: 'bad', onEvent, onEnd }, other]);
    for (const event of events) hub.onEvent(event);
    await hub.onEnd(finished(allPass()));
    expect(onEvent).toHaveBeenCalledTimes(1);
    expect(onEnd).toHaveBeenCalledTimes(1);
    expect(other.onEvent).toHaveBeenCalledTimes(events.length);
    expect(other.onEnd).toHaveBeenCalledTimes(1);
    expect(hub.faults.map((fault) => fault.message)).toEqual(['reporter bad: while following the run: no luck']);
  });

  it.each<[string, () => Promise<void> | void]>([
    [
      'throws',
      (): void => {
        throw new Error('disk full');
      },
    ],
    ['rejects', (): Promise<void> => Promise.reject(new Error('disk full'))],
  ])('one whose report %s is a fault of the run', async (_how, onEnd) => {
    const last = vi.fn();
    const hub = new ReporterHub<'run'>([
      { name: 'junit', onEnd },
      { name: 'last', onEnd: last },
    ]);
    await hub.onEnd(finished(allPass()));
    expect(hub.faults).toMatchObject([{ reporter: 'junit', during: 'end' }]);
    expect(hub.faults[0]!.message).toBe('reporter junit: while writing the report: disk full');
    expect(last).toHaveBeenCalledTimes(1);
  });

  it('are closed once, each of them', () => {
    const close = vi.fn(() => {
      throw new Error('stuck');
    });
    const other = vi.fn();
    const hub = new ReporterHub<'run'>([
      { name: 'a', close },
      { name: 'b', close: other },
    ]);
    hub.close();
    hub.close();
    expect(close).toHaveBeenCalledTimes(1);
    expect(other).toHaveBeenCalledTimes(1);
    expect(hub.faults).toMatchObject([{ reporter: 'a', during: 'close' }]);
  });
});

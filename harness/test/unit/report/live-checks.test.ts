// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../model/events.js';
import { streamDestination } from '../../../report/destination.js';
import { plainLines, plainReporter } from '../../../report/reporters/plain.js';
import { advanceLive, liveLines, nothingYet } from '../../../report/views/live.js';
import { terminalPalette } from '../../../report/views/page.js';
import { checkEvents } from '../../fixtures/report-checks.js';
import { leaking } from '../../fixtures/report-proofs.js';
import { eventsOf } from '../../fixtures/replay.js';
import { surface } from '../../fixtures/reporting.js';

const events: readonly RunEvent[] = [eventsOf(leaking())[0]!, ...checkEvents(leaking())];

/** The line of a kernel after the first `count` events about it. */
function lineOf(kernel: string, count: number, columns = 80): string {
  const about = events.filter(
    (event) => event.type === 'run-started' || ('kernel' in event && event.kernel === kernel),
  );
  const state = about.slice(0, count + 1).reduce((now, event) => advanceLive(now, event, 0), nothingYet);
  const view = { columns, rows: 24, now: 0, palette: terminalPalette({}, {}) };
  const found = liveLines(state, view).find(({ text }) => text.slice(2).startsWith(kernel));
  return found!.text;
}

function printed(all: readonly RunEvent[]): readonly string[] {
  let text = '';
  const stream = { write: (more: string): void => void (text += more) };
  const reporter = plainReporter.kinds.run?.(streamDestination(stream, surface));
  for (const event of all) reporter?.onEvent?.(event);
  return text.trimEnd().split('\n');
}

describe('while checks run', () => {
  it('the live line says how many have an answer, and how many failed', () => {
    expect(lineOf('6.1', 1)).toMatch(/^\| 6\.1 {5}proving {2}lsm: ENFORCE +0\.0 s$/);
    expect(lineOf('6.1', 3)).toMatch(/proving {2}100 checks, lsm: ENFORCE +0\.0 s$/);
    expect(lineOf('6.12', 3)).toMatch(/proving {2}100 checks, 3 failed, lsm: ENFORCE +0\.0 s$/);
    expect(lineOf('6.12', 99)).toMatch(/proving {2}551 checks, 3 failed, no-lsm: ENFORCE_SIGNAL +0\.0 s$/);
    expect(lineOf('6.12', 99, 30).length).toBeLessThan(30);
  });

  it('plain lines are one a failed check, and one when a kernel goes on to something else', () => {
    const lines = printed([...events, { type: 'kernel-phase', kernel: '6.12', phase: 'done', detail: '' }]);
    expect(lines.filter((line) => line.startsWith('6.12'))).toEqual([
      '6.12: scenarios: lsm: ENFORCE',
      '6.12: file: open for reading, denied: FAIL ENFORCEMENT_LEAK',
      '6.12: file: open for reading, event: FAIL EVENT_MISSING',
      '6.12: file: open for reading, audit event: FAIL EVENT_MISSING',
      '6.12: lsm: 253 checks: 250 pass, 3 failed',
      '6.12: scenarios: lsm-override: ENFORCE_SIGNAL',
      '6.12: lsm-override: 148 checks: 148 pass; 1 gained',
      '6.12: scenarios: no-lsm: ENFORCE_SIGNAL',
      '6.12: no-lsm: 143 checks: 143 pass; 6 not offered',
      '6.12: done',
    ]);
  });

  it('plain lines of a kernel that ends tell the last batch, and none without checks', () => {
    const report = leaking().kernels[1]!;
    const empty = { type: 'checks-judged', kernel: '6.12', contract: 'aegis', environment: 'lsm', checks: [] } as const;
    const lines = printed([...events, { type: 'kernel-finished', report }, empty]);
    expect(lines.slice(-2)).toEqual([
      '6.1: no-lsm: 143 checks: 143 pass; 6 not offered',
      expect.stringMatching(/^6\.1: pass: /),
    ]);
  });

  it('the end of a kernel counts its failed checks', () => {
    expect(eventsOf(leaking()).flatMap((event) => plainLines(event))).toContainEqual(
      expect.stringMatching(/^6\.12: FAIL ENFORCEMENT_LEAK: .*; 3 failed \(53\.9 s in 4 machines\)$/),
    );
  });
});

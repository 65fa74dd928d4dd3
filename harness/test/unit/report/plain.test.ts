// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { streamDestination } from '../../../report/destination.js';
import { plainLines, plainReporter } from '../../../report/reporters/plain.js';
import type { RunReport } from '../../../model/report.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import { eventsOf } from '../../fixtures/replay.js';
import { finished, surface } from '../../fixtures/reporting.js';
import { broken, optionalFailing, rejectedOn612, unavailable } from '../../fixtures/reports.js';

function printed(report: RunReport, env: Record<string, string> = {}): string {
  let text = '';
  const stream = { write: (more: string): void => void (text += more) };
  const reporter = plainReporter.kinds.run?.(streamDestination(stream, { ...surface, env }));
  for (const event of eventsOf(report)) reporter?.onEvent?.(event);
  void reporter?.onEnd?.(finished(report));
  return text;
}

function lines(report: RunReport): readonly string[] {
  return eventsOf(report).flatMap((event) => plainLines(event));
}

describe('plain lines', async () => {
  it.each(await everyReportBothWays())('%s: no control characters but newlines', (_name, report) => {
    expect(printed(report)).toMatch(/^[\n\u0020-\u007e]*$/);
    expect(printed(report)).toMatch(/\n$/);
  });

  it('a line an event, none for a program that is fine', () => {
    expect(lines(rejectedOn612()).slice(0, 5)).toEqual([
      'bpf-matrix: 3 kernels, 1 object (aegis), 2 at a time',
      'note: no usable KVM here (/dev/kvm is missing): kernels run under TCG, several times slower',
      '6.1: fetch',
      '6.1: boot: tcg',
      '6.1: pass: 9 programs in 1 object(s) (9.3 s)',
    ]);
  });

  it('a failure by its code: the page says why', () => {
    expect(lines(rejectedOn612())).toContain('6.12: aegis/socket_connect: FAIL VERIFIER_REJECTED');
    expect(lines(rejectedOn612())).toContain(
      '6.12: FAIL VERIFIER_REJECTED: 9 programs in 1 object(s); 2 failed (9.3 s)',
    );
  });

  it('other ends', () => {
    expect(lines(unavailable())).toContain('5.15: absent ARCHIVE_UNREACHABLE');
    expect(lines(broken()).at(-1)).toMatch(/^6\.7: BROKEN KERNEL_PANIC \(/);
    expect(lines(optionalFailing())).toContain('5.10: aegis/ima: optional HELPER_UNSUPPORTED');
  });

  it('colours only when forced', () => {
    expect(printed(rejectedOn612(), { FORCE_COLOR: '1' })).toContain('\u001b[31m');
  });
});

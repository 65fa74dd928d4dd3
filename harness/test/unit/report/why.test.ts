// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from '../../../report/views/why.js';
import { returnRange, unexplained } from '../../fixtures/report-parts.js';
import { rejectedOn612 } from '../../fixtures/reports.js';

const why = returnRange('logs/6.12/verifier/socket_connect.log');

describe('the cause of a rejection, for people', () => {
  it('is its words, what to do, and the page', () => {
    expect(causeFacts(why).map(([label]) => label)).toEqual(['why', 'do', 'page']);
  });

  it('is the path and the source around it, with a mark on the rejected line', () => {
    expect(pathLines(why)[1]).toBe('18: net.bpf.h:88 return denied ? -EPERM : 0;  exit');
    expect(excerptLines(why)).toEqual(['  87 | denied = *rule & DENY;', '> 88 | return denied ? -EPERM : 0;']);
  });

  it('is nothing where it is not known', () => {
    const unknown = { ...why, ...unexplained };
    expect([...causeFacts(unknown), ...pathLines(unknown), ...excerptLines(unknown)]).toEqual([]);
  });

  it('never breaks out of its line', () => {
    expect(causeFacts({ ...why, explanation: 'a\nb' })[0]?.[1]).not.toContain('\n');
  });

  it('is what was tried where the kernel said nothing, a line each', () => {
    const asked = { step: 'asked', detail: '', errno: 'EINVAL', logBytes: 137 } as const;
    const level = { step: 'log-level', detail: '1', errno: 'EINVAL', logBytes: 0 } as const;
    const lines = { step: 'no-line-info', detail: '', errno: null, logBytes: 0 } as const;
    const ladder = { stage: 'line-info', tried: [asked, level, lines] } as const;
    expect(ladderLines({ ...why, ladder })).toEqual([
      'as it is           EINVAL, log of 137 bytes',
      'log level 1        EINVAL, no log',
      'without line info  loads',
    ]);
    expect(ladderLines(why)).toEqual([]);
  });

  it('stands in the Markdown report', () => {
    const text = renderMarkdown(rejectedOn612());
    for (const words of ['`docs/rejections/lsm-return-range.md`', '> 88 | return denied', 'via 12: net.bpf.h:81']) {
      expect(text).toContain(words);
    }
  });

  it('stands in the JUnit report', () => {
    const xml = renderJunit(junitOf(rejectedOn612()));
    for (const words of ['page: docs/rejections/lsm-return-range.md', '88 | return denied', 'via: 12: net.bpf.h:81']) {
      expect(xml).toContain(words);
    }
  });
});

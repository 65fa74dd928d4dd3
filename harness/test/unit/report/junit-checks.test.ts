// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { brokenMachines, leaking, proved, toothless } from '../../fixtures/report-proofs.js';
import { every, parseXml, type Element } from '../../fixtures/xml.js';

const reports = { leaking, brokenMachines, proved, toothless };
const roots = new Map<string, Element>();

beforeAll(async () => {
  const parsed = await parseXml(Object.values(reports).map((make) => renderJunit(junitOf(make()))));
  Object.keys(reports).forEach((name, at) => roots.set(name, parsed[at]!));
});

function suite(report: keyof typeof reports, name: string): Element {
  const found = roots.get(report)!.children.filter(({ attributes }) => attributes['name'] === name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

function one(report: keyof typeof reports, suiteName: string, classname: string, name: string): Element {
  const found = suite(report, suiteName).children.filter(
    ({ attributes }) => attributes['classname'] === classname && attributes['name'] === name,
  );
  expect(found, `${classname} ${name}`).toHaveLength(1);
  return found[0]!;
}

describe('checks in junit.xml', () => {
  it('are a flat suite a kernel and class, behind the suites of the kernels', () => {
    const names = roots.get('proved')!.children.map(({ attributes }) => attributes['name']);
    expect(names.slice(0, 8)).toEqual([
      '5.10.load',
      '6.1.load',
      '6.12.load',
      '6.17.load',
      'newest.load',
      '5.10.machines',
      '5.10.file',
      '5.10.exec',
    ]);
    expect(every('testsuite', roots.get('proved')!)).toHaveLength(names.length);
    expect(new Set(names).size).toBe(names.length);
  });

  it('bear their environment in the classname, in one suite', () => {
    const cases = every('testcase', suite('proved', '6.12.network'));
    const classnames = cases.map(({ attributes }) => attributes['classname']);
    expect([...new Set(classnames)]).toEqual(['6.12.network', '6.12.network (lsm-override)', '6.12.network (no-lsm)']);
    expect(suite('proved', '6.12.network').attributes).toMatchObject({ tests: '162', failures: '0', skipped: '0' });
  });

  it('that failed say what, and show the evidence, whatever bytes it holds', () => {
    const [failure] = one('leaking', '6.12.file', '6.12.file', 'open for reading: denied').children;
    expect(failure!.tag).toBe('failure');
    expect(failure!.attributes).toEqual({
      message: 'ENFORCEMENT_LEAK: expected EPERM, succeeded',
      type: 'ENFORCEMENT_LEAK',
    });
    expect(failure!.text.split('\n')).toEqual([
      'ENFORCEMENT_LEAK: expected EPERM, succeeded',
      'attempt: open /t/file/open-for-reading r',
      '{"type":"block","pid":412,"path":"/t/file/\ufffdsecret","action":"AUDIT"}',
      ']]> & <b>"quoted"</b>  | `pipe` \ufffd \u202e',
      'pid 412 on 6.12',
    ]);
  });

  it.each([
    ['5.10.bypass', '5.10.bypass', 'io_uring: denied', 'not offered by the kernel: CONFIG_IO_URING is off'],
    ['6.1.network', '6.1.network (no-lsm)', 'port: denied', 'not offered by the agent: deny_port'],
    ['newest.network', 'newest.network (lsm-override)', 'port: event', 'unproved: the control failed'],
    [
      '6.1.exec',
      '6.1.exec (lsm-override)',
      'memfd: denied',
      'gained, an improvement to write down: SIGTERM; a tracepoint does not see what a descriptor leads to',
    ],
  ])('%s: %s %s is skipped, with the reason', (suiteName, classname, name, message) => {
    const [skipped] = one('leaking', suiteName, classname, name).children;
    expect(skipped).toMatchObject({ tag: 'skipped', attributes: { message } });
  });

  it('of a flood are all there', () => {
    const failures = every('failure', suite('toothless', '6.12.file'));
    expect(failures).toHaveLength(24);
  });

  it('are beside a case a machine, red where it broke', () => {
    const [error] = one('brokenMachines', '6.12.machines', '6.12.machines', 'no-lsm').children;
    expect(error).toMatchObject({
      tag: 'error',
      attributes: {
        type: 'KERNEL_PANIC',
        message: 'KERNEL_PANIC: the kernel panicked during connect 127.0.0.2 80 tcp',
      },
    });
    expect(error!.text).toContain('console: logs/6.12/no-lsm/console.log\n');
    expect(one('brokenMachines', '6.12.machines', '6.12.machines', 'lsm').children).toEqual([]);
    // The kernel itself booted and loaded: red once, where it broke.
    expect(one('brokenMachines', '6.12.load', '6.12.load', 'kernel').children).toEqual([]);
    expect(suite('brokenMachines', '6.12.exec').attributes['tests']).toBe('62');
  });
});

// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../../model/report.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import {
  allPass,
  broken,
  brokenAfterFailure,
  drifted,
  leaked,
  optionalFailing,
  panicTail,
  rejectedOn612,
  unavailable,
  withFindings,
} from '../../fixtures/reports.js';
import { finished, writeReport } from '../../fixtures/reporting.js';
import { loadedProgram, objectOf, ranKernel } from '../../fixtures/report-parts.js';
import { every, parseXml, type Element } from '../../fixtures/xml.js';

async function parsed(report: RunReport): Promise<Element> {
  const [root] = await parseXml([renderJunit(junitOf(report))]);
  return root!;
}

function caseNamed(root: Element, classname: string, name: string): Element {
  const found = every('testcase', root).filter(
    ({ attributes }) => attributes['classname'] === classname && attributes['name'] === name,
  );
  expect(found, `${classname} ${name}`).toHaveLength(1);
  return found[0]!;
}

describe('junit.xml of every report', async () => {
  const reports = await everyReportBothWays();
  const roots = await parseXml(reports.map(([, report]) => renderJunit(junitOf(report))));
  const cases = reports.map(([name, report], index) => [name, report, roots[index]!] as const);

  it.each(cases)('%s: counts what is in it', (_name, _report, root) => {
    for (const suite of every('testsuite', root)) {
      const { tests, failures, errors, skipped } = suite.attributes;
      expect({ tests, failures, errors, skipped }).toEqual({
        tests: String(every('testcase', suite).length),
        failures: String(every('failure', suite).length),
        errors: String(every('error', suite).length),
        skipped: String(every('skipped', suite).length),
      });
    }
  });

  it.each(cases)('%s: has unique cases, each with one result at most', (_name, _report, root) => {
    const all = every('testcase', root);
    const names = all.map(({ attributes }) => `${attributes['classname'] ?? ''} ${attributes['name'] ?? ''}`);
    expect(new Set(names).size).toBe(names.length);
    for (const one of all) expect(one.children.length).toBeLessThanOrEqual(1);
  });

  it.each(cases)('%s: is red exactly when the run is', (_name, report, root) => {
    const red = every('failure', root).length + every('error', root).length > 0;
    expect(red).toBe(report.exitCode !== 0);
  });

  it.each(cases)('%s: a flat suite a kernel, in order', (_name, report, root) => {
    const names = root.children.map((suite) => suite.attributes['name']);
    expect(names.slice(0, report.kernels.length)).toEqual(report.kernels.map((kernel) => `${kernel.id}.load`));
    expect(every('testsuite', root)).toHaveLength(root.children.length);
  });

  it('is the same for a stored run', () => {
    for (let index = 0; index < cases.length; index += 2) expect(roots[index]).toEqual(roots[index + 1]);
  });
});

describe('a verdict in junit.xml', () => {
  it('of a rejected program names the line of the log and of the source', async () => {
    const one = caseNamed(await parsed(rejectedOn612()), '6.12.aegis', 'socket_connect load');
    const [failure] = one.children;
    expect(failure!.tag).toBe('failure');
    expect(failure!.attributes['message']).toBe(
      'VERIFIER_REJECTED: At program exit the register R0 has unknown scalar value should have been in [-4095, 0]',
    );
    expect(failure!.text).toMatch(/^at: bpf\/aegis\/net\.bpf\.h:88: /m);
    expect(failure!.text).toContain('logs/6.12/verifier/socket_connect.log');
  });

  it('tells where a leaked reference came from', async () => {
    const one = caseNamed(await parsed(leaked()), '6.1.leak', 'file_open load');
    expect(one.children[0]!.text).toContain('from: bpf/variants/leak.bpf.c:20: event = bpf_ringbuf_reserve');
  });

  it('of an unavailable kernel is one error that says what was tried', async () => {
    const root = await parsed(unavailable());
    const suite = root.children.find(({ attributes }) => attributes['name'] === '5.15.load')!;
    const [error] = every('error', suite);
    expect(every('testcase', suite)).toHaveLength(1);
    expect(error!.attributes['message']).toBe('ARCHIVE_UNREACHABLE: no Ubuntu archive could be reached');
    expect(error!.text).toContain('tried: https://snapshot.ubuntu.com');
    expect(error!.text).toContain('next: set BPF_MATRIX_UBUNTU_MIRROR');
  });

  it('of an optional program is skipped, with its code', async () => {
    const one = caseNamed(await parsed(optionalFailing()), '5.10.aegis', 'ima load');
    expect(one.children[0]!.tag).toBe('skipped');
    expect(one.children[0]!.attributes['message']).toMatch(/^optional: HELPER_UNSUPPORTED: unknown func/);
  });

  it('of a program that is optional does not depend on how its own verdict is put', () => {
    const report = optionalFailing();
    const [kernel, ...others] = report.kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const [object] = kernel.objects;
    const programs = object!.programs.map((program) => ({ ...program, verdict: { kind: 'pass' } as const }));
    const kernels = [{ ...kernel, objects: [{ ...object!, programs }] }, ...others];
    expect(renderJunit(junitOf({ ...report, kernels }))).toEqual(renderJunit(junitOf(report)));
  });

  it('of a machine that broke after a failure was proved is both, each in its place', async () => {
    const root = await parsed(brokenAfterFailure());
    expect(caseNamed(root, '6.7.load', 'kernel').children[0]!.attributes['type']).toBe('KERNEL_PANIC');
    expect(caseNamed(root, '6.7.aegis', 'socket_connect load').children[0]!.tag).toBe('failure');
  });

  it('of an attach that was not tried says why', async () => {
    const attach = { kind: 'not-tried' } as const;
    const program = { ...loadedProgram('lsm/x'), optional: true, attach };
    const kernels = [ranKernel('6.1', 'r', [objectOf('aegis', [program])])];
    const one = caseNamed(await parsed({ ...allPass(), kernels }), '6.1.aegis', 'x attach');
    expect(one.children[0]!.attributes['message']).toContain('not a part of the object as it is loaded whole');
  });

  it('of a kernel that no program explains is not lost', async () => {
    const [first] = allPass().kernels;
    if (first?.status !== 'ran') throw new Error('fixture');
    const kernel = { ...first, verdict: { kind: 'fail', stage: 'run', code: 'NOTHING_TESTED' } as const, objects: [] };
    const one = caseNamed(await parsed({ ...allPass(), kernels: [kernel], exitCode: 1 }), '6.1.load', 'kernel');
    expect(one.children[0]!.attributes['type']).toBe('NOTHING_TESTED');
  });

  it('of an object that no program explains is not lost', async () => {
    const verdict = { kind: 'fail', stage: 'open', code: 'OBJECT_INVALID' } as const;
    const object = { ...objectOf('aegis', []), verdict, whole: { kind: 'not-tried' } as const };
    const kernels = [ranKernel('6.1', 'r', [object])];
    const one = caseNamed(await parsed({ ...allPass(), kernels, exitCode: 1 }), '6.1.aegis', 'whole object');
    expect(one.children[0]!.attributes['type']).toBe('OBJECT_INVALID');
  });

  it.each([
    ['load', { kind: 'fail', stage: 'load', code: 'LOAD_FAILED' }, 'failure'],
    ['attach', { kind: 'fail', stage: 'run', code: 'NOTHING_TESTED' }, 'failure'],
    ['load', { kind: 'infra', cause: 'LOG_UNPARSED' }, 'error'],
  ] as const)('of a program that its steps do not explain stands at %s', async (step, verdict, tag) => {
    const program = { ...loadedProgram('lsm/x'), verdict };
    const kernels = [ranKernel('6.1', 'r', [objectOf('aegis', [program])])];
    const one = caseNamed(await parsed({ ...allPass(), kernels, exitCode: 1 }), '6.1.aegis', `x ${step}`);
    expect(one.children[0]!.tag).toBe(tag);
  });

  it('on a kernel that drifted says so, and names both versions', async () => {
    const [suite] = (await parsed(drifted())).children;
    const properties = new Map(
      every('property', suite!).map(({ attributes }) => [attributes['name'], attributes['value']]),
    );
    expect(properties.get('kernel.lock')).toBe('drifted');
    expect(properties.get('kernel.version')).toBe('6.1.158-1');
    expect(properties.get('kernel.pinned-version')).toBe('6.1.148-1');
    expect(every('system-out', suite!)[0]!.text).toContain('DRIFTED: 6.1.158-1');
  });

  it('about the run as a whole has a suite of its own', async () => {
    const root = await parsed(withFindings());
    expect(caseNamed(root, 'run', 'REPORTER').children[0]!.tag).toBe('error');
    expect(caseNamed(root, 'run', 'NOTHING_TESTED').children[0]!.tag).toBe('failure');
  });
});

describe('nasty text in junit.xml', () => {
  it('of a console full of control bytes stays readable', async () => {
    const text = caseNamed(await parsed(broken()), '6.7.load', 'kernel').children[0]!.text;
    expect(text).toContain('Kernel panic - not syncing: Attempted to kill init!');
    expect(text).toContain(']]> & <b>"quoted"</b>');
    expect(text).not.toContain('[1;31m');
  });

  it('is what the independent parser would refuse', async () => {
    const raw = `<a>${panicTail.join('\n').replace(/[<&]/g, '')}</a>`;
    await expect(parseXml([raw])).rejects.toThrow(/not well-formed|invalid/);
  });

  it('does no harm as a name', async () => {
    const names = ['true', '', ' ', '"\'<>&', ']]>', '\0', '\ud800', '\ufffe', 'a\r\nb', '\u{1f600}', '-->', '\u0085'];
    const documents = names.map((name) => {
      const program = { ...loadedProgram('lsm/x'), name };
      const kernel = ranKernel('6.1', name, [objectOf('aegis', [program, { ...program, name: `${name}\u0001` }])]);
      return renderJunit(junitOf({ ...allPass(), kernels: [{ ...kernel, notes: [name] }] }));
    });
    for (const root of await parseXml(documents)) {
      const all = every('testcase', root).map(({ attributes }) => attributes['name']);
      expect(all).toHaveLength(6);
      expect(new Set(all).size, all.join()).toBe(6);
    }
  });

  it('keeps an attribute that reads `true`', async () => {
    const kernel = { ...ranKernel('true', 'r', []), detail: 'true' };
    const root = await parsed({ ...allPass(), kernels: [kernel] });
    expect(root.children[0]!.attributes['name']).toBe('true.load');
    expect(every('property', root).map(({ attributes }) => attributes['value'])).toContain('true');
  });
});

it('names that would be equal in the file are told apart', async () => {
  const program = loadedProgram('lsm/x');
  const twins = ['a\u0001', 'a\u0002'].map((name) => ({ ...program, name }));
  const kernels = [ranKernel('6.1', 'r', [objectOf('2.x', twins)]), ranKernel('6.1.2', 'r', [objectOf('x', twins)])];
  const all = every('testcase', await parsed({ ...allPass(), kernels }));
  const names = all.map(({ attributes }) => `${attributes['classname'] ?? ''} ${attributes['name'] ?? ''}`);
  expect(names).toHaveLength(12);
  expect(new Set(names).size, names.join('\n')).toBe(12);
});

it('the reporter writes the file into the report folder', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'junit-'));
  await writeReport('junit', 'run', finished(allPass()), dir);
  expect(await readFile(join(dir, 'junit.xml'), 'utf8')).toBe(renderJunit(junitOf(allPass())));
  await rm(dir, { recursive: true });
});

// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type ManifestChange, defaultStatLimits, type Manifest, manifestKey } from '../../../model/manifest.js';
import type { RanKernel, RunReport } from '../../../model/report.js';
import type { ManifestCode } from '../../../model/verdict.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { renderManifestDiff } from '../../../report/reporters/manifest.js';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { runPage } from '../../../report/pages/run.js';
import { renderRunJson } from '../../../results/run-json.js';
import { type BaselineOptions, compareBaseline, withBaseline } from '../../../verdict/baseline.js';
import { mayBeBaseline, manifestsOf } from '../../../verdict/manifest-of.js';
import { agent, changed, leak } from '../../fixtures/report-checks.js';
import { pageOf } from '../../fixtures/reporting.js';
import { proved } from '../../fixtures/report-proofs.js';
import { rejectedProgram, returnRange } from '../../fixtures/report-parts.js';
import { broken, unavailable } from '../../fixtures/reports.js';

const options: BaselineOptions = { scope: 'whole', limits: defaultStatLimits, update: false, named: false };

function baselineOf(report: RunReport): Map<string, Manifest> {
  return new Map(report.kernels.filter(mayBeBaseline).map((kernel) => [kernel.id, manifestsOf(report, kernel)[0]!]));
}

function first(report: RunReport): RanKernel {
  const kernel = report.kernels[0];
  if (kernel?.status !== 'ran') throw new Error('fixture');
  return kernel;
}

/** The run with another first kernel. */
function planted(change: (kernel: RanKernel) => RanKernel): RunReport {
  const report = proved();
  return { ...report, kernels: [change(first(report)), ...report.kernels.slice(1)] };
}

type Program = RanKernel['objects'][number]['programs'][number];

function withPrograms(kernel: RanKernel, change: (programs: readonly Program[]) => readonly Program[]): RanKernel {
  return { ...kernel, objects: kernel.objects.map((object) => ({ ...object, programs: change(object.programs) })) };
}

function grown(program: Program, percent: number): Program {
  const { stats } = program;
  if (stats?.insns == null) throw new Error('fixture');
  return { ...program, stats: { ...stats, insns: Math.round(stats.insns * (1 + percent / 100)) } };
}

function changesOf(report: RunReport, more: Partial<BaselineOptions> = {}): readonly ManifestChange[] {
  const diffs = compareBaseline(report, baselineOf(proved()), { ...options, ...more });
  return diffs.flatMap(({ changes }) => changes);
}

const faults: Readonly<Record<ManifestCode, (kernel: RanKernel) => RanKernel>> = {
  PROGRAM_DISAPPEARED: (kernel) => withPrograms(kernel, (programs) => programs.slice(1)),
  PROGRAM_LOST: (kernel) =>
    withPrograms(kernel, ([one, ...rest]) => [rejectedProgram(one!.section, returnRange('x.log')), ...rest]),
  HOOK_LOST: (kernel) =>
    withPrograms(kernel, ([one, ...rest]) => [{ ...one!, attach: { kind: 'unattachable', reason: 'why' } }, ...rest]),
  POSTURE_CHANGED: (kernel) => ({
    ...kernel,
    scenarios: kernel.scenarios.map((one) => (one.environment === 'lsm' ? { ...one, posture: 'AUDIT' } : one)),
  }),
  SCENARIO_CHANGED: (kernel) =>
    changed(kernel, ({ environment, scenario, check, outcome }) =>
      environment === 'lsm' && scenario === 'openat2' && check === 'denied' ? leak() : outcome,
    ),
  FAILURE_CHANGED: (kernel) => ({
    ...kernel,
    objects: kernel.objects.map((object) => ({ ...object, maps: object.maps.map((m) => ({ ...m, error: 'EINVAL' })) })),
  }),
  MANIFEST_NO_BASELINE: (kernel) =>
    withPrograms(kernel, (programs) => [...programs, { ...programs[0]!, name: 'one_more' }]),
  VERIFIER_REGRESSION: (kernel) => withPrograms(kernel, ([one, ...rest]) => [grown(one!, 30), ...rest]),
  STATS_LOST: (kernel) => withPrograms(kernel, ([one, ...rest]) => [{ ...one!, stats: null }, ...rest]),
};

it('says nothing when nothing changed', () => {
  const diffs = compareBaseline(proved(), baselineOf(proved()), options);
  expect(diffs.map(({ changes, skipped }) => [changes, skipped])).toEqual(proved().kernels.map(() => [[], null]));
  expect(withBaseline(proved(), diffs)).toEqual(proved());
});

describe('a run of some programs', () => {
  const some = (change: (programs: readonly Program[]) => readonly Program[]): RunReport => {
    const report = planted((kernel) => withPrograms(kernel, change));
    const kernels = report.kernels.slice(0, 1);
    return { ...report, kernels, options: { ...report.options, programs: ['socket_*'] } };
  };
  const kinds = (report: RunReport): readonly string[] =>
    changesOf(report, { scope: 'part', named: true }).map(({ kind }) => kind);

  it('says nothing about the others, nor about the object as a whole', () => {
    expect(kinds(some((programs) => programs.slice(0, 1)))).toEqual([]);
    const before = baselineOf(planted(faults.PROGRAM_LOST));
    const [diff] = compareBaseline(
      some((programs) => programs.slice(1, 2)),
      before,
      { ...options, scope: 'part' },
    );
    expect(diff?.changes).toEqual([]);
  });

  it('is held to it about its own', () => {
    const lost = some(([one]) => [rejectedProgram(one!.section, returnRange('x.log'))]);
    expect(kinds(lost)).toEqual(['PROGRAM_LOST']);
  });
});

it('compares the work of the verifier only for objects of one compiler, and says so', () => {
  const bad = planted(faults.VERIFIER_REGRESSION);
  const other = { ...bad, objects: bad.objects.map((object) => ({ ...object, compiler: 'clang 18.1.3' })) };
  const kinds = (report: RunReport): ReadonlySet<string> => new Set(changesOf(report).map(({ kind }) => kind));
  expect([kinds(bad), kinds(other)]).toEqual([new Set(['VERIFIER_REGRESSION']), new Set(['CHANGED'])]);
  expect(changesOf(other)[0]?.item).toContain('not compared');
});

describe.each(Object.entries(faults))('%s', (code, plant) => {
  const bad = planted(plant);
  const diffs = compareBaseline(bad, baselineOf(proved()), options);
  const report = withBaseline(bad, diffs);

  it('is told as itself, and fails the run', () => {
    expect(diffs.flatMap(({ changes }) => changes.map(({ kind }) => kind))).toContain(code);
    expect(report.findings.map(({ verdict }) => verdict)).toContainEqual(
      expect.objectContaining({ kind: 'fail', code }),
    );
    expect(report.exitCode).toBe(1);
  });

  it('is in every format', () => {
    expect(renderRunJson(report)).toContain(`"code": "${code}"`);
    expect(renderJunit(junitOf(report))).toContain(`type="${code}"`);
    expect(renderMarkdown(report)).toContain(`**${code}**`);
    expect(renderManifestDiff('reports/baseline', diffs)).toContain(`| ❌ | ${code} |`);
    expect(runPage(report, pageOf(120)).join('\n')).toContain(code);
  });

  it('is cleared by --update', () => {
    const updated = withBaseline(bad, compareBaseline(bad, baselineOf(proved()), { ...options, update: true }));
    expect(updated.findings).toEqual([]);
    const again = withBaseline(bad, compareBaseline(bad, baselineOf(bad), options));
    expect(again.findings).toEqual([]);
  });
});

it('raises nothing besides what is planted', () => {
  const alone: ManifestCode[] = ['PROGRAM_DISAPPEARED', 'PROGRAM_LOST', 'POSTURE_CHANGED', 'SCENARIO_CHANGED'];
  for (const code of alone) {
    expect(new Set(changesOf(planted(faults[code])).map(({ kind }) => kind))).toEqual(new Set([code]));
  }
});

it('misses a row that was taken out of the baseline', () => {
  const baseline = baselineOf(proved());
  const [id, manifest] = [...baseline][0]!;
  baseline.set(id, { ...manifest, scenarios: manifest.scenarios.slice(1) });
  const [diff] = compareBaseline(proved(), baseline, options);
  expect(diff?.changes).toMatchObject([{ kind: 'MANIFEST_NO_BASELINE' }]);
  baseline.delete(id);
  expect(compareBaseline(proved(), baseline, options)[0]?.changes).toMatchObject([{ kind: 'MANIFEST_NO_BASELINE' }]);
});

it('notes what was gained, and asks for --update', () => {
  const before = baselineOf(planted(faults.PROGRAM_LOST));
  const report = withBaseline(proved(), compareBaseline(proved(), before, options));
  expect(report.exitCode).toBe(0);
  expect(first(report).notes.join()).toMatch(/GAINED.*--update.*VERIFIER_REJECTED -> loaded/);
});

it('notes another kernel than that of the baseline', () => {
  const report = planted((kernel) => ({ ...kernel, identity: { ...kernel.identity, version: '9.9' } }));
  expect(changesOf(report)).toMatchObject([{ kind: 'KERNEL_DRIFTED', now: '9.9' }]);
});

it('takes a part for a part', () => {
  const part = planted((kernel) => ({ ...kernel, scenarios: [] }));
  expect(changesOf(part).map(({ kind }) => kind)).toContain('SCENARIO_CHANGED');
  expect(changesOf(part, { scope: 'part' })).toEqual([]);
});

it('compares and rewrites nothing of a kernel that broke, flaked or could not be had', () => {
  const flaky = planted((kernel) => ({ ...kernel, verdict: { kind: 'fail', stage: 'run', code: 'FLAKY' } }));
  for (const report of [broken(), unavailable(), flaky]) {
    const diffs = compareBaseline(report, new Map(), { ...options, update: true });
    const bad = diffs.filter(({ skipped }) => skipped !== null);
    expect(bad).toMatchObject([{ changes: [], updated: false }]);
  }
});

it('asks nothing of a kernel file of the user unless a baseline is named', () => {
  const own = planted((kernel) => ({ ...kernel, id: 'mine', source: 'file' }));
  expect(changesOf(own)).toEqual([]);
  expect(changesOf(own, { named: true })).toMatchObject([{ kind: 'MANIFEST_NO_BASELINE' }]);
});

it('expects none of a kernel that nobody could lock yet, and says so; once it is there it counts', () => {
  const pending = planted((kernel) => ({ ...kernel, identity: { ...kernel.identity, lock: 'pending' } }));
  const baseline = baselineOf(proved());
  baseline.delete(first(pending).id);
  const diffs = compareBaseline(pending, baseline, options);
  expect(diffs[0]).toMatchObject({ changes: [], skipped: expect.stringContaining('pending') as string });
  const report = withBaseline(pending, diffs);
  expect(report.exitCode).toBe(0);
  expect(first(report).notes.join()).toContain('BASELINE: not compared: it is pending');
  const lost = planted((kernel) =>
    faults.PROGRAM_LOST({ ...kernel, identity: { ...kernel.identity, lock: 'pending' } }),
  );
  expect(changesOf(lost).map(({ kind }) => kind)).toContain('PROGRAM_LOST');
  const updated = compareBaseline(pending, new Map(), { ...options, update: true });
  expect(updated[0]).toMatchObject({ skipped: null, updated: true });
});

describe('the line about the baseline', () => {
  const bad = planted(faults.PROGRAM_LOST);
  const lineOf = (report: RunReport, baseline = baselineOf(proved()), update = false): string => {
    const diffs = compareBaseline(report, baseline, { ...options, update });
    const result = { folder: 'base', scope: 'whole', manifests: baseline, diffs, leftAlone: null } as const;
    const page = runPage(report, pageOf(200), result).filter((line) => line.startsWith('baseline base: '));
    expect(renderMarkdown(report, result)).toContain(`\n${page[0]}.\n`);
    return page.join().slice('baseline base: '.length);
  };
  const many = proved().kernels.length;

  it('is there whatever came of it', () => {
    expect(lineOf(proved())).toBe(`${many} kernels compared, no change`);
    expect(lineOf(bad)).toBe(`${many} kernels compared, 1 change`);
    expect(lineOf({ ...bad, kernels: bad.kernels.slice(0, 1) })).toBe('1 kernel compared, 1 change');
    expect(renderMarkdown(bad)).not.toContain('baseline base');
  });

  it('says why nothing, or not all, was compared', () => {
    const gone = { ...unavailable(), kernels: unavailable().kernels.filter(({ status }) => status === 'unavailable') };
    expect(lineOf(gone)).toMatch(/^nothing compared: \S+: the kernel could not be had/);
    expect(lineOf(broken(), baselineOf(broken()))).toMatch(
      /compared, no change; not compared: 6\.7: its machine broke/,
    );
  });

  it('says what --update wrote, in the notes of each kernel too', () => {
    const update = { ...options, update: true };
    const noteOf = (baseline: Map<string, Manifest>): string =>
      first(withBaseline(bad, compareBaseline(bad, baseline, update))).notes.join();
    expect(lineOf(bad, baselineOf(proved()), true)).toBe(`written by --update: ${many} kernels, 1 change`);
    expect(noteOf(baselineOf(proved()))).toContain('BASELINE: written by --update, 1 change');
    expect(noteOf(baselineOf(proved()))).not.toContain('1 changes');
    expect(noteOf(baselineOf(bad))).toContain('written by --update, no change');
    expect(lineOf(bad, new Map(), true)).toBe(`written by --update: ${many} kernels, new`);
    expect(noteOf(new Map())).toContain('BASELINE: written by --update, new');
  });
});

describe('a run of two contracts', () => {
  const observer = { ...agent, name: 'lsmaudit', contract: 'audit', object: 'b'.repeat(64) };

  function bothContracts(): RunReport {
    const report = proved();
    const [identity] = report.objects;
    const kernels = report.kernels.filter(mayBeBaseline).map((kernel) => {
      const [machine] = kernel.scenarios;
      return {
        ...kernel,
        objects: [...kernel.objects, { ...kernel.objects[0]!, object: 'lsmaudit' }],
        scenarios: [...kernel.scenarios, { ...machine!, contract: 'audit', posture: 'OBSERVING' }],
      };
    });
    return {
      ...report,
      agent: { ...agent, contract: 'aegis', object: identity!.sha256 },
      others: [observer],
      objects: [identity!, { ...identity!, name: 'lsmaudit', sha256: observer.object }],
      kernels,
    };
  }

  const both = bothContracts();
  const known = new Map(
    both.kernels
      .filter(mayBeBaseline)
      .flatMap((kernel) => manifestsOf(both, kernel))
      .map((manifest) => [manifestKey(manifest.kernel.id, manifest.contract), manifest]),
  );

  it('has a manifest for each, with its agent, its object and its scenarios', () => {
    const [enforces, observes] = manifestsOf(both, both.kernels.find(mayBeBaseline)!);
    expect(enforces).toEqual(manifestsOf(proved(), proved().kernels.find(mayBeBaseline)!)[0]);
    expect(observes).toMatchObject({ contract: 'audit', agent: { name: 'lsmaudit' }, objects: [{ name: 'lsmaudit' }] });
    expect(new Set(observes?.scenarios.map(({ contract }) => contract))).toEqual(new Set(['audit']));
    expect([...known.keys()].slice(0, 2)).toEqual(['5.10', 'audit/5.10']);
  });

  const diffOf = (report: RunReport, baseline = known): readonly ManifestChange[] =>
    compareBaseline(report, baseline, options).flatMap(({ changes }) => changes);

  it('is as its baselines, and so is a run of one of them', () => {
    expect(diffOf(both)).toEqual([]);
    expect(diffOf(proved())).toEqual([]);
  });

  it('is another where one contract changed', () => {
    const kernels = both.kernels.map((kernel) => (mayBeBaseline(kernel) ? worse(kernel) : kernel));
    const changes = diffOf({ ...both, kernels: kernels.slice(0, 1) });
    expect(changes.map(({ kind, item }) => [kind, item])).toEqual([['SCENARIO_CHANGED', 'audit lsm: file: openat2']]);
  });

  it('lacks a baseline where one contract has none', () => {
    const changes = diffOf(both, new Map([...known].filter(([key]) => !key.startsWith('audit/'))));
    expect(changes).toHaveLength(both.kernels.length);
    expect(changes[0]).toMatchObject({ kind: 'MANIFEST_NO_BASELINE', item: 'the kernel, contract audit' });
  });
});

/** The observer fails in one scenario. */
function worse(kernel: RanKernel): RanKernel {
  const scenarios = kernel.scenarios.map((machine) => {
    if (machine.contract !== 'audit') return machine;
    const checks = machine.checks.map((check) =>
      check.scenario === 'openat2' && check.check === 'denied' ? { ...check, outcome: leak() } : check,
    );
    return { ...machine, checks };
  });
  return { ...kernel, scenarios };
}

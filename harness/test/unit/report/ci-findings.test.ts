// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { nextSteps } from '../../../model/next-steps.js';
import type { ManifestDiff } from '../../../model/manifest.js';
import type { RunReport } from '../../../model/report.js';
import { type CiFinding, ciFindings } from '../../../report/ci/findings.js';
import type { FinishedRun } from '../../../report/reporter.js';
import { renderAnnotations } from '../../../report/reporters/annotations.js';
import { renderCodequality } from '../../../report/reporters/codequality.js';
import { renderComment } from '../../../report/reporters/comment.js';
import { renderSarif } from '../../../report/reporters/sarif.js';
import { workspacePath } from '../../../report/views/workspace.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import { finished, surface } from '../../fixtures/reporting.js';
import { brokenMachines, leaking, toothless } from '../../fixtures/report-proofs.js';
import { loadedProgram, objectOf, ranKernel, rejectedProgram, returnRange } from '../../fixtures/report-parts.js';
import { allPass, broken, rejectedOn612, releases, unavailable } from '../../fixtures/reports.js';

const reports = await everyReportBothWays();
const of = (report: RunReport): readonly CiFinding[] => ciFindings(finished(report), surface);

/** A run in which so many programs of one file are refused, each at a line of its own. */
function refused(count: number, name = (n: number): string => `p${n}`): RunReport {
  const rejected = rejectedProgram('lsm/p', returnRange('logs/6.12/verifier/p.log'));
  const programs = Array.from({ length: count }, (_, n) => {
    if (rejected.load.kind !== 'failed') throw new Error('fixture');
    const { why } = rejected.load;
    const source = { file: 'bpf/a,b:c%.bpf.c', line: n + 1, text: `return ${n};` };
    const decidingLine = `R${n} is not what it should be`;
    return { ...rejected, name: name(n), load: { ...rejected.load, why: { ...why, source, decidingLine } } };
  });
  const object = { ...objectOf('aegis', programs), whole: { kind: 'not-tried' } as const };
  return { ...allPass(), kernels: [ranKernel('6.12', releases['6.12'], [object])], exitCode: 1 };
}

/** A baseline beside which something became worse, something better, and something another. */
function compared(report: RunReport): FinishedRun {
  const changes: ManifestDiff['changes'] = [
    { kind: 'VERIFIER_REGRESSION', item: 'aegis/socket_connect, insns', before: '100', now: '130 (+30.0 %)' },
    { kind: 'GAINED', item: 'aegis/ima', before: 'HELPER_UNSUPPORTED', now: 'loaded' },
    { kind: 'CHANGED', item: 'object aegis', before: 'sha256 aa', now: 'sha256 bb' },
  ];
  const diffs = ['6.1', '6.12'].map((kernel) => ({ kernel, skipped: null, changes, updated: false }));
  return { report, baseline: { folder: 'reports/baseline', scope: 'whole', manifests: null, diffs, leftAlone: null } };
}

describe('findings for a CI system', () => {
  it.each(reports)('of %s have fingerprints of their own, and none where nothing failed', (_, report) => {
    const findings = of(report);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
    expect(findings.some(({ level }) => level === 'error')).toBe(report.exitCode === 1 || hasBroken(report));
  });

  it('have the line of the source, what decided, and what to do', () => {
    const [finding] = of(rejectedOn612());
    expect(finding).toMatchObject({
      code: 'VERIFIER_REJECTED',
      kernels: ['6.12'],
      title: 'aegis/socket_connect: load, EINVAL',
      place: { file: 'bpf/aegis/net.bpf.h', line: 88, text: 'return denied ? -EPERM : 0;' },
    });
    expect(finding?.line).toContain('At program exit the register R0');
    expect(finding?.advice).not.toBeNull();
  });

  it('have the same fingerprint when the line has moved, or one more kernel shows it', () => {
    const moved = JSON.parse(JSON.stringify(rejectedOn612()).replaceAll('"line":88', '"line":97')) as RunReport;
    expect(of(moved)[0]?.place?.line).toBe(97);
    expect(of(moved).map(({ fingerprint }) => fingerprint)).toEqual(
      of(rejectedOn612()).map(({ fingerprint }) => fingerprint),
    );
  });

  it('have the same fingerprint when a regression is another number of instructions', () => {
    const prints = (now: string): readonly string[] => {
      const run = compared(allPass());
      const text = JSON.stringify(run.baseline?.diffs).replaceAll('130 (+30.0 %)', now);
      const diffs = JSON.parse(text) as ManifestDiff[];
      const baseline = run.baseline === null ? null : { ...run.baseline, diffs };
      return ciFindings({ ...run, baseline }, surface).map(({ fingerprint }) => fingerprint);
    };
    expect(prints('131 (+31.0 %)')).toEqual(prints('130 (+30.0 %)'));
  });

  it('name files as the checkout does, and none outside of it', () => {
    const at = (file: string, env = {}): string | null => workspacePath(file, { env, cwd: '/w/repo/sub' });
    expect(at('bpf/x.bpf.c')).toBe('bpf/x.bpf.c');
    expect(at('bpf/x.bpf.c', { GITHUB_WORKSPACE: '/w/repo' })).toBe('sub/bpf/x.bpf.c');
    expect(at('../src/./x.c', { CI_PROJECT_DIR: '/w/repo' })).toBe('src/x.c');
    expect(at('/w/repo/x.c', { GITHUB_WORKSPACE: '/w/repo/' })).toBe('x.c');
    expect(at('..x.c')).toBe('..x.c');
    for (const file of ['../x.c', '/usr/include/x.h', '/w/repo-2/x.c', '', '..']) {
      expect(at(file, { GITHUB_WORKSPACE: '/w/repo/sub' }), file).toBeNull();
    }
  });
});

function hasBroken({ kernels, findings }: RunReport): boolean {
  return kernels.some((kernel) => kernel.status === 'broken') || findings.length > 0;
}

describe('annotations', () => {
  it('stand at the line, and nothing in them ends the command or begins a property', () => {
    const [line, ...more] = renderAnnotations(of(refused(1))).split('\n');
    expect(more).toEqual(['']);
    expect(line).toMatch(
      /^::error file=bpf\/a%2Cb%3Ac%25\.bpf\.c,line=1,title=VERIFIER_REJECTED on 6\.12::aegis\/p0: load, EINVAL on 6\.12: R0 is not/,
    );
    expect(line).toMatch(/%0Areturn 0;%0Ado: /);
  });

  it('stand at the line that a verifier regression is blamed on, on each kernel', () => {
    const text = 'for (int i = 0; i < 64; i++)';
    const line = { function: 'walk', file: 'bpf/walk.bpf.c', line: 112, text, before: 10, now: 310, changed: true };
    const blame = { before: 1000, now: 1300, exact: true, lines: [{ ...line, share: 0.91 }] };
    const now = '1300 (+30.0 %)';
    const item = 'aegis/walk, insns';
    const change = { kind: 'VERIFIER_REGRESSION', item, before: '1000', now, blame } as const;
    const diffs = ['6.1', '6.12'].map((kernel) => ({ kernel, skipped: null, changes: [change], updated: false }));
    const run = { ...compared(allPass()), baseline: { ...compared(allPass()).baseline!, diffs } };
    const found = ciFindings(run, surface);
    expect(renderAnnotations(found)).toMatch(
      /^::error file=bpf\/walk\.bpf\.c,line=112,title=VERIFIER_REGRESSION on 6\.1%2C 6\.12::aegis\/walk, insns on 6\.1, 6\.12: 1000 → 1300 \(\+30\.0 %25\), of it 91 %25 at bpf\/walk\.bpf\.c:112 \(changed\)%0Afor \(int i = 0; /,
    );
    expect(renderComment(run, found)).toContain('aegis/walk, insns at `bpf/walk.bpf.c:112`');
  });

  it('are ten at most, with one line of how many more', () => {
    const lines = renderAnnotations(of(refused(14)))
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(lines.slice(10)).toEqual([
      '::notice title=bpf-matrix::4 more findings at lines of the source: summary.md has all of them',
    ]);
    expect(
      renderAnnotations(of(refused(10)))
        .trimEnd()
        .split('\n'),
    ).toHaveLength(10);
  });

  it('are of nothing whose line nobody knows', () => {
    expect(renderAnnotations(of(leaking()))).toBe('');
    expect(renderAnnotations(of(allPass()))).toBe('');
    const elsewhere = JSON.parse(JSON.stringify(refused(1)).replaceAll('bpf/a,b', '/usr/include/a,b')) as RunReport;
    expect(renderAnnotations(of(elsewhere))).toBe('');
  });

  it.each(['a\n::stop-commands::x', 'a\r::error::x', '##[error]x', '%0A::error::x', '\u2028::error::x'])(
    'of the name %j are one command',
    (name) => {
      const text = renderAnnotations(of(refused(1, () => name)));
      expect(text.split(/[\r\n]/).filter((line) => line !== '')).toHaveLength(1);
      expect(text).toMatch(/^::error /);
      expect(text).not.toMatch(/%0A::/);
    },
  );
});

describe('SARIF', () => {
  const ofJest = createRequire(createRequire(import.meta.url).resolve('@microsoft/jest-sarif'));
  const Ajv = ofJest('ajv') as new (options: object) => {
    addMetaSchema(schema: unknown): void;
    compile(schema: unknown): ((value: unknown) => boolean) & { errors?: unknown };
  };
  const path = ofJest.resolve('./schemas/sarif-2.1.0-rtm.5.json');
  const ajv = new Ajv({ schemaId: 'auto', allErrors: true });
  ajv.addMetaSchema(ofJest('ajv/lib/refs/json-schema-draft-04.json'));
  const valid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')));
  const target = (page: string): string => `https://example.org/${page}`;
  const sarif = (run: FinishedRun): Log => JSON.parse(renderSarif(run.report, ciFindings(run, surface), target)) as Log;

  it.each(reports)('of %s is valid by its schema', (_, report) => {
    valid(sarif(compared(report)));
    expect(valid.errors).toBeNull();
  });

  it('that is none is refused by the schema', () => {
    const good = sarif(finished(rejectedOn612()));
    expect(valid({ ...good, version: '2.0' })).toBe(false);
    expect(valid({ ...good, runs: [{ ...good.runs[0], results: [{ level: 'fatal' }] }] })).toBe(false);
  });

  it('has a result with its rule, its line and a stable fingerprint', () => {
    const [run] = sarif(finished(rejectedOn612())).runs;
    const [result] = run.results;
    expect(result).toMatchObject({
      ruleId: 'VERIFIER_REJECTED',
      level: 'error',
      kind: 'fail',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'bpf/aegis/net.bpf.h', uriBaseId: '%SRCROOT%' },
            region: { startLine: 88, snippet: { text: 'return denied ? -EPERM : 0;' } },
          },
        },
      ],
      partialFingerprints: { 'bpfMatrixFinding/v1': of(rejectedOn612())[0]?.fingerprint },
    });
    expect(run.tool.driver.rules[result!.ruleIndex]).toMatchObject({
      id: 'VERIFIER_REJECTED',
      helpUri: 'https://example.org/docs/failure-codes.md#verifier_rejected',
      help: { text: nextSteps.VERIFIER_REJECTED },
    });
  });

  it('puts down what broke to the tool, and never to what was tested', () => {
    for (const report of [broken(), brokenMachines()]) {
      const [run] = sarif(finished(report)).runs;
      expect(run.results.every(({ ruleId }) => ruleId !== 'KERNEL_PANIC')).toBe(true);
      expect(run.invocations[0]).toMatchObject({ executionSuccessful: false });
      expect(JSON.stringify(run.invocations[0])).toContain('"id":"KERNEL_PANIC"');
    }
    expect(sarif(finished(unavailable())).runs[0].invocations[0]).toMatchObject({ executionSuccessful: true });
  });

  it('has no link that a name made', () => {
    const [run] = sarif(finished(refused(1, () => '[x](https://e.org)'))).runs;
    expect(run.results[0]?.message.text).toContain('[x] (https://e.org)');
  });
});

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly unknown[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly message: { readonly text: string };
      }[];
      readonly invocations: readonly unknown[];
    },
  ];
}

describe('code quality', () => {
  const quality = (run: FinishedRun): readonly Issue[] =>
    JSON.parse(renderCodequality(ciFindings(run, surface))) as readonly Issue[];

  it.each(reports)('of %s has in each issue all that GitLab asks for', (_, report) => {
    const issues = quality(compared(report));
    for (const { description, check_name: check, fingerprint, severity, location } of issues) {
      expect([description, check, fingerprint].every((text) => text !== '')).toBe(true);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
      expect(location.path).not.toMatch(/^\/|^\.\//);
      expect(location.lines.begin).toBeGreaterThan(0);
    }
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  });

  it('is about the line, and about the object or the agent where there is none', () => {
    expect(quality(finished(rejectedOn612()))[0]).toMatchObject({
      check_name: 'VERIFIER_REJECTED',
      severity: 'critical',
      location: { path: 'bpf/aegis/net.bpf.h', lines: { begin: 88 } },
    });
    const [leak] = quality(finished(leaking())).filter(({ check_name: check }) => check === 'ENFORCEMENT_LEAK');
    expect(leak?.location).toEqual({ path: leaking().agent?.file, lines: { begin: 1 } });
  });
});

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

describe('a comment', () => {
  const comment = (run: FinishedRun): string => renderComment(run, ciFindings(run, surface));

  it.each(reports)('of %s is short enough for GitHub, and closes what it opens', (_, report) => {
    const text = comment(compared(report));
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/<details(?: open)?>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text.match(/<!-- bpf-matrix comment -->/g)).toHaveLength(1);
  });

  it('says in one line that all is well, and has no table', () => {
    const text = comment(finished(allPass()));
    expect(text).toContain('### ✅ bpf-matrix: PASS');
    expect(text).toContain('Nothing failed.');
    expect(text).not.toMatch(/^\||^### (?!✅)/m);
  });

  it('has what became worse first, then what failed, and what is better or other at the end', () => {
    const text = comment(compared(rejectedOn612()));
    const titles = [...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title);
    expect(titles.slice(1)).toEqual(['Worse than the baseline', 'Failed', 'Other than in the baseline']);
    expect(text).toContain('- ❌ **VERIFIER_REGRESSION** on 6.1, 6.12: aegis/socket_connect, insns');
    expect(text).toContain(' at `bpf/aegis/net.bpf.h:88`');
    expect(text).toContain('- ℹ️ **GAINED** on 6.1, 6.12: aegis/ima');
  });

  it('has what came of an attempt, and the command that asks it again', () => {
    const text = comment(finished(leaking()));
    expect(text).toContain(
      '  - `open /t/file/open-for-reading r: denied: ENFORCEMENT_LEAK: expected EPERM, succeeded`',
    );
    expect(text).toMatch(/ {2}- again: `.* --kernel 6\.12,6\.17 --only file --scenario 'open for reading'`/);
    expect(text).toMatch(/^5 kernels: 3 pass, 2 FAIL; .*6 failed/m);
  });

  it('of very much stays within the limit, and counts what it left out', () => {
    const text = comment(finished(refused(2000)));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(/_\d+ more left out here/);
    expect(comment(finished(toothless())).length).toBeLessThan(65_536);
  });

  it.each(['</details>', '`x` | <img src=x onerror=1>', '@team #1 !5', '-->', '[a](b)', 'a\n## b'])(
    'shows the name %j as it is',
    (name) => {
      const text = comment(finished(refused(1, () => name)));
      const [line = ''] = text.split('\n').filter((one) => one.startsWith('- ❌'));
      expect(line).toContain('**VERIFIER_REJECTED** on 6.12');
      // Numeric references and code show as they are; what is left may begin nothing.
      const rest = line.replace(/`[^`]*`|&#\d+;/g, '').replace('**VERIFIER_REJECTED**', '');
      expect(rest).not.toMatch(/[<>@#`|*[]/);
      expect(text).not.toMatch(/^## b/m);
    },
  );
});

it('loaded programs are no findings', () => {
  const kernels = [ranKernel('6.1', releases['6.1'], [objectOf('aegis', [loadedProgram('lsm/x')])])];
  expect(of({ ...allPass(), kernels })).toEqual([]);
});

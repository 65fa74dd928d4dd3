// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { lastFailed } from '../../../plan/last-failed.js';
import { runPage } from '../../../report/pages/run.js';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { identityProperties } from '../../../report/views/identity.js';
import { renderRunJson } from '../../../results/run-json.js';
import { runSchema } from '../../../results/schema.js';
import { historyLineOf } from '../../../verdict/history-line.js';
import { manifestsOf } from '../../../verdict/manifest-of.js';
import type { RanKernel, RunReport } from '../../../model/report.js';
import { aegis, run, whole } from '../../fixtures/report-base.js';
import { agent } from '../../fixtures/report-checks.js';
import { hash, ranKernel } from '../../fixtures/report-parts.js';
import { pageOf } from '../../fixtures/reporting.js';

const failed = (kernel: RanKernel): RanKernel => ({
  ...kernel,
  verdict: { kind: 'fail', stage: 'enforce', code: 'ENFORCEMENT_LEAK' },
});

/** Two kernels with one object and one agent, of which there is a file for each architecture. */
function mixed(): RunReport & { readonly kernels: readonly [RanKernel, RanKernel] } {
  const [x86, arm] = ['6.12', '6.12/arm64'].map((id) => ranKernel(id, '6.12.57', [whole()]));
  if (x86 === undefined || arm === undefined) throw new Error('fixture');
  const { size, compiler, sections } = aegis;
  const ofArm = { file: 'arm64/aegis.bpf.o', sha256: hash('arm'), size, compiler, sections, architecture: 'arm64' };
  const binary = { file: 'arm64/agentd', sha256: hash('agent'), libraries: [], architecture: 'arm64' };
  const kernels = [x86, failed(arm)] as const;
  const objects = [{ ...aegis, architecture: 'x86_64', builds: [ofArm] }];
  return { ...run(kernels, 1, { objects, agent: { ...agent, architecture: 'x86_64', builds: [binary] } }), kernels };
}

describe('a run of kernels of two architectures', () => {
  const report = mixed();
  const [x86, arm] = report.kernels;

  it('says which file each kernel was given', () => {
    const own = (kernel: RanKernel): readonly (string | undefined)[] => {
      const properties = new Map(identityProperties(kernel, report));
      return ['object.aegis.file', 'object.aegis.sha256', 'agent.file'].map((name) => properties.get(name));
    };
    expect(own(x86)).toEqual([aegis.file, aegis.sha256, agent.file]);
    expect(own(arm)).toEqual(['arm64/aegis.bpf.o', hash('arm'), 'arm64/agentd']);
  });

  it('has in a manifest what its kernel was given', () => {
    const hashes = ([x86, arm] as const).map((kernel) => {
      const [manifest] = manifestsOf(report, kernel);
      return [manifest?.objects.map(({ name, sha256 }) => [name, sha256]), manifest?.agent?.sha256];
    });
    expect(hashes).toEqual([
      [[['aegis', aegis.sha256]], agent.sha256],
      [[['aegis', hash('arm')]], hash('agent')],
    ]);
  });

  it('names both files for people', () => {
    const page = runPage(report, pageOf(160)).join('\n');
    expect(page).toMatch(/arm64\/aegis\.bpf\.o .* arm64$/m);
    const summary = renderMarkdown(report);
    for (const file of [aegis.file, 'arm64/aegis.bpf.o', agent.file, 'arm64/agentd']) expect(summary).toContain(file);
  });

  it('is read again as it was written', () => {
    expect(runSchema.parse(JSON.parse(renderRunJson(report)))).toEqual(report);
  });

  it('is asked again on the kernel that failed, with what that was given', () => {
    expect(lastFailed(report)).toMatchObject({ kernels: ['6.12/arm64'], objects: ['arm64/aegis.bpf.o'] });
  });

  it('has each file in its line of the history', () => {
    const line = historyLineOf(report, { cpu: 'x', cpus: 2, judge: null, answers: new Map() });
    expect(line.objects.map(({ name }) => name)).toEqual(['aegis', 'aegis/arm64']);
    expect(line.agents.map(({ name }) => name)).toEqual([agent.name, `${agent.name}/arm64`]);
  });
});

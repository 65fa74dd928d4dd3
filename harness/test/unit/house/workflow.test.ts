// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cachedFolders, readAction, readWorkflow, stepFaults, workflowFaults } from './workflow.js';

const [ciPath, actionPath] = ['.github/workflows/ci.yml', '.github/actions/machine/action.yml'];
const text = readFileSync(ciPath, 'utf8');
const actionText = readFileSync(actionPath, 'utf8');
const workflow = readWorkflow(text);
const { jobs } = workflow;
const inAction = readAction(actionText);
const inJobs = Object.values(jobs).flatMap(({ steps }) => steps);
const everyStep = [...inJobs, ...inAction];
const scripts = everyStep.flatMap(({ run }) => run ?? []);
/** What the steps of a job run and are given. */
const saidBy = (job: string): string => JSON.stringify([jobs[job]?.strategy, jobs[job]?.steps]);

describe('the workflow', () => {
  it('has none of the faults that are looked for', () => {
    expect(everyStep.length).toBeGreaterThan(15);
    expect([...workflowFaults(workflow), ...stepFaults(everyStep)]).toEqual([]);
  });

  it('names the version of each action that it pins', () => {
    const lines = `${text}${actionText}`.split('\n').filter((line) => /uses: [^.]/.test(line));
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('takes what a person has typed through the environment', () => {
    const places = text.split('\n').filter((line) => line.includes('inputs.kernels'));
    expect(places.map((line) => /^ +([A-Z]+): \$\{\{/.exec(line)?.[1])).toEqual(['KERNELS']);
  });

  it('opens /dev/kvm by a udev rule', () => {
    expect(inAction.map(({ run }) => run)).toContain('scripts/action kvm');
    const kvm = readFileSync('scripts/action', 'utf8');
    expect(kvm).toContain('KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"');
    expect(kvm).toMatch(/udev\/rules\.d\/[\s\S]*--reload-rules[\s\S]*trigger --name-match=kvm/);
    const boots = ['kernels', 'proof', 'nightly'];
    expect(boots.filter((name) => !saidBy(name).includes('./.github/actions/machine'))).toEqual([]);
  });

  it('keeps kernels by the lock and by what was resolved, the same folders everywhere', () => {
    const folders = everyStep.flatMap((step) => (cachedFolders(step) === null ? [] : [cachedFolders(step)]));
    expect(folders).toHaveLength(2);
    expect(folders[0]).toEqual(folders[1]);
    const [saved] = jobs['kernels']!.steps.filter(({ uses }) => uses?.startsWith('actions/cache/save@'));
    expect(saved?.with['key']).toBe(jobs['kernels']!.outputs['cache']);
    expect(saved?.with['key']).toBe('${{ steps.key.outputs.locked }}-${{ steps.fetch.outputs.resolved }}');
    expect(saidBy('kernels')).toMatch(/kernels-\$\{\{ hashFiles\('kernels\/lock\.json', 'kernels\/catalog\.json'/);
    for (const name of ['proof', 'nightly']) expect(saidBy(name)).toContain('needs.kernels.outputs.cache');
  });

  it('proves the default matrix for a pull request, whatever else runs', () => {
    expect(saidBy('kernels')).toContain("inputs.kernels || 'default' }}");
    expect([jobs['check']?.if, jobs['kernels']?.if]).toEqual([undefined, undefined]);
    expect(jobs['proof']?.if).toBe("${{ !cancelled() && needs.kernels.outputs.ready != '' }}");
    expect(saidBy('proof')).toContain('scripts/ci proof --kernel \\"$READY\\"');
  });

  it('does all of it every night', () => {
    const night = "(github.event_name == 'schedule' || inputs.nightly)";
    expect(saidBy('kernels')).toContain(`${night} && 'all'`);
    expect(saidBy('proof')).toContain(`${night} && '--cold'`);
    expect(jobs['nightly']?.if).toContain(night);
    const { include } = jobs['nightly']!.strategy!.matrix;
    expect(include).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ run: 'npm run matrix -- selftest' }),
        expect.objectContaining({ run: 'npm test' }),
        expect.objectContaining({ run: 'npm run soak' }),
      ]),
    );
    // Two merges can both bring one.
    const runs = include?.map((one) => (one as { readonly run: string }).run) ?? [];
    expect(runs).not.toEqual([]);
    expect(runs).toEqual([...new Set(runs)]);
  });

  it('runs scripts that there are', () => {
    const { scripts: known } = parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm (?:run )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !(name in known))).toEqual([]);
    expect([...text.matchAll(/scripts\/\w+/g)].filter(([path]) => !existsSync(path))).toEqual([]);
  });

  it('has scripts that shellcheck has nothing to say of', () => {
    expect(scripts.length).toBeGreaterThan(4);
    for (const script of scripts) {
      const found = execFileSync('shellcheck', ['--shell=bash', '--severity=style', '-'], { input: script });
      expect(found.toString()).toBe('');
    }
  });
});

describe('a fault that is planted in it is found', () => {
  it.each([
    [
      'cancels main',
      "cancel-in-progress: ${{ github.event_name == 'pull_request' }}",
      'cancel-in-progress: true',
      /can be cancelled/,
    ],
    ['one group for main', '|| github.run_id', '|| github.ref', /only the last is kept/],
    ['an expression in a script', 'run: npm run check', 'run: npm run check ${{ inputs.kernels }}', /an expression/],
    ['a tag for a commit', /@11bd71901bbe5b1630ceea73d27597364c9af683/, '@v4', /not pinned/],
    [
      'frozen guests in the cache',
      /~\/\.cache\/bpf-matrix\/keyrings/,
      '~/.cache/bpf-matrix/snapshots',
      /across processors/,
    ],
    ['chmod', 'run: npm run check', 'run: sudo chmod 0666 /dev/kvm', /chmod/],
    ['rights', 'contents: read', 'contents: write', /more than read/],
    ['code of strangers with our rights', '  pull_request:', '  pull_request_target:', /something else/],
    ['a gate that is skipped', 'if: always()\n    timeout', 'timeout', /counts as success/],
    ['a gate that forgets a job', '[check, kernels, proof, nightly]', '[check, kernels, proof]', /every job/],
    ['a gate that does not look', '"proof=$PROOF"', '"$PROOF"', /not given proof/],
    ['another runner', 'runs-on: ubuntu-24.04', 'runs-on: ubuntu-latest', /ubuntu-latest/],
  ])('%s', (_, from, to, fault) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    const faulty = readWorkflow(changed);
    const steps = Object.values(faulty.jobs).flatMap((job) => job.steps);
    expect([...workflowFaults(faulty), ...stepFaults(steps)].join('\n')).toMatch(fault);
  });
});

describe('the workflow of the guide', () => {
  const [, guide = ''] = /```yaml\n(name: bpf-matrix[\s\S]*?)```/.exec(readFileSync('docs/guide.md', 'utf8')) ?? [];
  const { permissions, jobs: ofGuide } = readWorkflow(guide);

  it('has none of the faults either', () => {
    const steps = Object.values(ofGuide).flatMap((job) => job.steps);
    expect(steps.length).toBeGreaterThan(5);
    expect(stepFaults(steps)).toEqual([]);
    expect(permissions).toEqual({ contents: 'read' });
    expect(guide).toContain('udev/rules.d');
  });
});

// SPDX-License-Identifier: Apache-2.0
import { parse } from 'yaml';
import { z } from 'zod';

const stepSchema = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  env: z.record(z.string(), z.string()).default({}),
});

const jobSchema = z.object({
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  if: z.string().optional(),
  outputs: z.record(z.string(), z.string()).default({}),
  strategy: z.object({ matrix: z.record(z.string(), z.array(z.unknown())) }).optional(),
  steps: z.array(stepSchema),
});

const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  concurrency: z.object({ group: z.string(), 'cancel-in-progress': z.union([z.string(), z.boolean()]) }).optional(),
  jobs: z.record(z.string(), jobSchema),
});

export type WorkflowStep = z.output<typeof stepSchema>;
export type Workflow = z.output<typeof workflowSchema>;

/** A workflow of GitHub Actions, as far as we hold facts of it. */
export function readWorkflow(text: string): Workflow {
  return workflowSchema.parse(parse(text));
}

/** The steps of a composite action. */
export function readAction(text: string): readonly WorkflowStep[] {
  return z.object({ runs: z.object({ steps: z.array(stepSchema) }) }).parse(parse(text)).runs.steps;
}

/** The folders below the cache of bpf-matrix that a step of actions/cache keeps; null of another step. */
export function cachedFolders({ uses, with: given }: WorkflowStep): readonly string[] | null {
  if (uses === undefined || !/^actions\/cache[/@]/.test(uses)) return null;
  return String(given['path']).trim().split('\n');
}

/** What is wrong with steps wherever they stand: one line each. */
export function stepFaults(steps: readonly WorkflowStep[]): readonly string[] {
  return steps.flatMap((step) => [
    ...(step.run?.includes('${{') === true
      ? [`an expression in a script, which runs what it expands to: ${step.run}`]
      : []),
    ...(/chmod.*\/dev\/kvm/.test(step.run ?? '') ? ['/dev/kvm is opened by chmod, which udev undoes'] : []),
    ...(step.uses === undefined || /^(\.\/|[\w-]+\/[\w/-]+@[0-9a-f]{40}$)/.test(step.uses)
      ? []
      : [`not pinned by commit: ${step.uses}`]),
    ...(cachedFolders(step) ?? [])
      .filter((path) => !/^~\/\.cache\/bpf-matrix\/(kernels|keyrings|libbpf|repositories)$/.test(path))
      .map((path) => `cached across processors: ${path}`),
  ]);
}

/** What is wrong with the workflow as a whole: one line each. */
export function workflowFaults(workflow: Workflow): readonly string[] {
  const { on, permissions, concurrency, jobs } = workflow;
  const others = Object.keys(jobs).filter((name) => name !== 'gate');
  const gate = jobs['gate'];
  const isPull = "${{ github.event_name == 'pull_request' }}";
  const starts = ['push', 'pull_request', 'schedule', 'workflow_dispatch'];
  const told = gate?.steps.map(({ run }) => run ?? '').join('\n') ?? '';
  const facts: readonly (readonly [boolean, string])[] = [
    [starts.every((name) => name in on) && !('pull_request_target' in on), 'it starts by something else'],
    [JSON.stringify(permissions) === '{"contents":"read"}', 'it may do more than read'],
    [concurrency?.['cancel-in-progress'] === isPull, 'a run of main can be cancelled'],
    [
      concurrency?.group.includes('|| github.run_id') === true,
      'runs of main wait in one group, and only the last is kept',
    ],
    [gate?.if === 'always()', 'gate is skipped, which counts as success'],
    [JSON.stringify(gate?.needs) === JSON.stringify(others), 'gate does not need every job'],
    ...others.map((name) => [told.includes(`${name}=$`), `gate is not given ${name}`] as const),
    ...Object.entries(jobs).map(
      ([name, job]) => [job['runs-on'] === 'ubuntu-24.04', `${name} runs on ${job['runs-on']}`] as const,
    ),
  ];
  return facts.flatMap(([holds, fault]) => (holds ? [] : [fault]));
}

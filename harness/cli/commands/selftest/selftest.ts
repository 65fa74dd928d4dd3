// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { readAgent } from '../../../config/agent.js';
import { readConfig } from '../../../config/file.js';
import { parseDuration } from '../../../config/values.js';
import { conventions } from '../../../contracts/registry.js';
import { openKernelContext } from '../../../kernels/index.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { UsageError } from '../../../model/errors.js';
import { noExpectations } from '../../../model/expectation.js';
import { ExitCode } from '../../../model/exit-code.js';
import { everyScenario } from '../../../plan/scenario-filter.js';
import { Disposal } from '../../../proc/disposal.js';
import { withScratchFolder } from '../../../proc/temp.js';
import { isFaultCaught } from '../../../report/pages/selftest.js';
import { guestHosts } from '../../../run/guest-host.js';
import { accelsOf, type MatrixOptions } from '../../../run/matrix.js';
import { type Fault, faults } from '../../../run/selftest/faults.js';
import { type FaultResult, runSelftest } from '../../../run/selftest/selftest.js';
import { fixedOptions } from '../../run-command.js';
import { kernelRequests } from '../../kernel-requests.js';
import { chosenReporters, reportWithoutRun } from '../../reporters.js';
import type { Agent } from '../../../model/agent.js';
import type { KernelId } from '../../../model/kernel.js';
import type { SelftestFlags } from './flags.js';
import { builtFile, type CliContext } from '../../context.js';

/** `selftest`: plants each fault on each kernel, and reports which were caught. */
export async function runSelftestCommand(flags: SelftestFlags, cli: CliContext): Promise<ExitCode> {
  const wanted = selectFaults(flags.fault);
  const selected = await chosenReporters('selftest', flags);
  const disposal = new Disposal();
  const chosen = { ...flags, kernel: flags.kernel ?? ['6.12'] };
  try {
    return await withScratchFolder('selftest', async (out) => {
      const options = await optionsOf(chosen, cli, { disposal, out });
      const { results, missing } = await testKernels(options, wanted, cli);
      const reported = await reportWithoutRun('selftest', results, selected, cli);
      if (results.some((result) => !isFaultCaught(result))) return ExitCode.incompatible;
      return missing || results.length === 0 ? ExitCode.incomplete : reported;
    });
  } finally {
    await disposal.run();
  }
}

function selectFaults(words: readonly string[] | undefined): readonly Fault[] {
  if (words === undefined) return faults;
  const names = words.flatMap((word) => word.split(','));
  const unknown = names.find((name) => !faults.some((fault) => fault.name === name));
  if (unknown === undefined) return faults.filter(({ name }) => names.includes(name));
  throw new UsageError({
    message: `--fault ${unknown} is none that is known`,
    next: `one of ${faults.map(({ name }) => name).join(', ')}`,
  });
}

interface SelftestSetup {
  readonly matrix: MatrixOptions;
  /** Our own, one of each contract, from where they were built. */
  readonly agents: (built: string) => Promise<readonly Agent[]>;
}

async function optionsOf(
  flags: SelftestFlags,
  cli: CliContext,
  { disposal, out }: { readonly disposal: Disposal; readonly out: string },
): Promise<SelftestSetup> {
  const config = await readConfig(flags.config ?? null, conventions);
  const fixed = await fixedOptions(flags, cli);
  await builtFile(join(fixed.built, 'selftest'));
  const kernels = await openKernelContext({ env: cli.env, cacheDir: fixed.cache, archives: config.archives ?? {} });
  disposal.add(() => kernels.close());
  const root = packageRoot();
  const known = new Map<string, Promise<readonly Agent[]>>();
  const agents = (built: string): Promise<readonly Agent[]> => {
    const own = known.get(built) ?? ownAgents(root, built);
    known.set(built, own);
    return own;
  };
  const requests = await kernelRequests(flags, kernels, cli);
  const matrix: MatrixOptions = {
    ...fixed,
    kernels: requests,
    objects: [],
    agents: [],
    only: 'all',
    scenarios: everyScenario,
    firstFailure: null,
    repeat: 1,
    withoutCapabilities: [],
    costs: { kind: 'none' },
    programs: null,
    expectations: noExpectations,
    notices: [],
    timeout: parseDuration('--timeout', flags.timeout),
    out,
    signal: cli.signal,
    onEvent: () => undefined,
    keep: null,
  };
  return { matrix, agents };
}

function ownAgents(root: string, built: string): Promise<readonly Agent[]> {
  return Promise.all(
    conventions.map((own) => readAgent({}, { conventions: [own], root, built, folder: root, object: null })),
  );
}

async function testKernels({ matrix: options, agents }: SelftestSetup, wanted: readonly Fault[], cli: CliContext) {
  const results: FaultResult[] = [];
  let missing = false;
  const { signal, jobs } = options;
  const ids = options.kernels.map(({ id }) => id);
  const hosts = await guestHosts(ids, options, signal);
  const contextOf = (id: KernelId) => ({ ...options, ...hosts.of(id), emit: () => undefined });
  const accelOf = accelsOf(options, contextOf);
  for (const request of options.kernels) {
    const context = contextOf(request.id);
    const accelFor = accelOf(request.id);
    const kernel = await request.resolve(() => undefined);
    if (kernel.status === 'unavailable') {
      cli.stderr.write(`${kernel.id}: ${kernel.reason}: ${kernel.detail}\n  next: ${kernel.next}\n`);
      missing = true;
      continue;
    }
    const common = { kernel, accelFor, context };
    const onResult = (result: FaultResult): void => {
      const word = isFaultCaught(result) ? 'as it should' : 'WRONG';
      cli.stderr.write(`${result.kernel} ${result.fault}: ${result.raised.join(' ') || 'nothing'}: ${word}\n`);
    };
    results.push(
      ...(await runSelftest({ ...common, faults: wanted, agents: await agents(context.built), jobs, onResult })),
    );
  }
  return { results, missing };
}

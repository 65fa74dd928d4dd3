// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { agentChoices } from '../../../config/agent.js';
import { configuredObjects, readAgents } from '../../../config/agent-builds.js';
import { buildWithClangs, type ClangBuilds, type ClangOptions, parseClangs } from '../../../config/clang.js';
import { expectationsOf, expectedOfOwn } from '../../../config/expectations.js';
import { defaultConfigFile, type MatrixConfig } from '../../../config/file.js';
import { builtFor } from '../../../config/libbpf.js';
import { needsSource, withNeeds } from '../../../config/needs.js';
import type { Only } from '../../../config/only.js';
import { parseCount, parseDuration } from '../../../config/values.js';
import { conventions } from '../../../contracts/registry.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { ExpectationList } from '../../../model/expectation.js';
import { choosePrograms } from '../../../plan/programs.js';
import type { Target } from '../../../target.js';
import { FirstFailure } from '../../../run/first-failure.js';
import { baselineFromFlags, costsBesideBaseline } from './baseline.js';
import { boundAgent, checkBuilt, namedObjects, oneObject } from './builds.js';
import { historyFromFlags } from './history.js';
import { listRun } from './list.js';
import { type Narrowed, narrowed, stillFailing, withLastObjects } from './narrow.js';
import { sharingFromFlags, shardFolder } from './shard.js';
import { askedClasses, wantedScenarios } from './wanted.js';
import { namedTargets } from '../../architectures.js';
import { oneTarget } from '../../one-target.js';
import { ownConclusion, runCommand, type Task } from '../../run-command.js';
import { displayedPath } from '../../../config/displayed.js';
import { loaderFromFlags } from '../../loader.js';
import { withoutCapability } from '../../loader-flags.js';
import { programFlag, type RunFlags } from './flags.js';
import type { CliContext } from '../../context.js';

/** `bpf-matrix run`: loads the objects in each kernel and proves what the agent claims. */
export async function runMatrixCommand(
  flags: RunFlags,
  cli: CliContext,
  into: 'default' | 'named' = 'named',
): Promise<ExitCode> {
  const sharing = await sharingFromFlags(flags, cli);
  const narrow = await narrowed(flags);
  const planOf = async (config: MatrixConfig): Promise<Task<'run'>> => {
    return { ...(await plan(narrow, config, cli.signal)), sharing };
  };
  if (flags.list === true) return listRun(narrow.flags, cli, planOf);
  const { out } = flags;
  const folder = sharing === null || into === 'named' ? out : shardFolder(sharing.choice.place);
  return runCommand({ ...narrow.flags, out: folder }, cli, planOf);
}

async function plan(narrow: Narrowed, config: MatrixConfig, signal: AbortSignal): Promise<Task<'run'>> {
  const { withoutCapabilities, notices: ofLoader, build } = await loaderFromFlags(narrow.flags, signal);
  const { flags, silent, ...subjects } = await readSubjects(narrow, config, { build, signal });
  const { scenarios, notices: ofScenarios } = wantedScenarios(flags, subjects.agents, subjects.only);
  const baseline = await baselineFromFlags(flags, config);
  return {
    ...subjects,
    built: build.folder,
    scenarios,
    ...stopping(flags),
    timeout: parseDuration('--timeout', flags.timeout),
    withoutCapabilities,
    notices: [narrow.notices, ofLoader, silent ?? [], ofScenarios, subjects.notices].flat(),
    expectations: expectedBy(config, flags),
    costs: flags.cost === true ? { kind: 'all' } : costsBesideBaseline(baseline),
    baseline,
    history: await historyFromFlags(flags),
    among: narrow.kernels,
    command: 'run',
    work: null,
    reuses: true,
    conclusion: ownConclusion,
  };
}

interface Subjects extends Pick<Task<'run'>, 'objects' | 'agents' | 'only' | 'programs' | 'notices' | 'bound'> {
  readonly flags: RunFlags;
  /** Why only loading is judged although nobody asked for that. */
  readonly silent: string | null;
}

/** What is loaded and proved: for each architecture that kernels may have what is built for it. */
async function readSubjects(
  narrow: Narrowed,
  config: MatrixConfig,
  { build, signal }: Pick<ClangOptions, 'build' | 'signal'>,
): Promise<Subjects> {
  const configFile = narrow.flags.config ?? defaultConfigFile;
  const targets = namedTargets(narrow.flags);
  const ofTarget = (target: Target): string => builtFor(target, build.folder);
  const places = { root: packageRoot(), builtFor: ofTarget, targets, configFile, folder: dirname(configFile) };
  const choices = agentChoices(config, conventions);
  const configured = configuredObjects(choices, places);
  const shown = configured.map(({ file }) => displayedPath(file));
  const flags = withLastObjects(narrow, shown);
  const asked = askedClasses(flags);
  const compiled = await builds(flags, config, { build, signal });
  const silent = silence(flags, config, asked);
  const only = silent === null ? asked : 'none';
  await checkBuilt(flags, choices, only, places);
  const read = compiled ?? (await namedObjects(flags.object ?? configured));
  const { objects: all, notices: ofNeeds } = await withNeeds(read.objects, needsSource(config, flags.config));
  const { objects, patterns, notices } = choosePrograms(programFlag, flags.program, stillFailing(narrow, all));
  const isNamed = compiled !== null || flags.object !== undefined;
  const object = isNamed ? oneObject(objects, choices, flags, only) : null;
  const agents = only === 'none' ? [] : await readAgents(choices, { ...places, object });
  const bound = agents.map(boundAgent);
  return {
    ...{ flags, silent, objects, agents, only, programs: patterns, bound },
    notices: [read.notices, ofNeeds, notices].flat(),
  };
}

/** An entry may well be about objects and programs that are not part of this run. */
function expectedBy(config: MatrixConfig, flags: RunFlags): ExpectationList {
  const { object, program, clang, lastFailed } = flags;
  const isPart = [object, program, clang, lastFailed].some((flag) => flag !== undefined);
  const own = object === undefined ? agentChoices(config, conventions).flatMap(expectedOfOwn) : [];
  return { scope: isPart ? 'part' : 'whole', entries: [...own, ...expectationsOf(config.expectations ?? [])] };
}

/** When a run ends before all is asked, and how often that is. */
function stopping({ repeat: text, failFast }: RunFlags): Pick<Task<'run'>, 'repeat' | 'firstFailure'> {
  const repeat = parseCount('--repeat', text);
  if (failFast !== true) return { repeat, firstFailure: null };
  if (repeat === 1) return { repeat, firstFailure: new FirstFailure() };
  throw new UsageError({
    message: '-x stops at the first failure, and --repeat asks whether each one stays',
    next: 'leave one of the two out',
  });
}

/** Our object by each compiler that is named; null where none is. */
async function builds(
  flags: RunFlags,
  { agent, agents }: MatrixConfig,
  { build, signal }: Pick<ClangOptions, 'build' | 'signal'>,
): Promise<ClangBuilds | null> {
  const { clang, object } = flags;
  if (clang === undefined) return null;
  if (object !== undefined || agent !== undefined || agents !== undefined) {
    const other = object === undefined ? 'the configuration has an agent' : '--object names one that is built';
    throw new UsageError({
      message: `--clang builds our own object, and ${other}`,
      next: 'leave one of the two out; --object takes what other compilers built',
    });
  }
  return buildWithClangs(parseClangs('--clang', clang), {
    root: packageRoot(),
    build,
    target: oneTarget(flags, 'what --clang makes'),
    signal,
    displayed: displayedPath,
  });
}

/** Why only loading is judged although nobody asked for that; null where all is, or what was asked for. */
function silence(flags: RunFlags, config: MatrixConfig, asked: Only): string | null {
  const { object, clang = [], withoutCapability: without, program } = flags;
  if (without !== undefined && asked !== 'none') {
    return loadOnly(asked, `${withoutCapability} is about who loads an object`);
  }
  if (program !== undefined && asked !== 'none') {
    return loadOnly(asked, `${programFlag} names programs, and an agent loads all of its own`);
  }
  if (asked !== 'all') return null;
  if (parseClangs('--clang', clang).length > 1) return loadingEach;
  const named = config.agent !== undefined || config.agents !== undefined;
  return object !== undefined && !named ? loadingOnly : null;
}

const loadingOnly =
  'only loading is judged: --object names an object, and no agent that enforces with it; name classes with --only to ' +
  'run it under our own agent, or an agent in matrix.config.json';

const loadingEach =
  'only loading is judged: --clang names several compilers, and an agent loads one object; name one compiler to prove ' +
  'the agent with its object';

/** An agent loads its own object, and what it may is its own affair. */
function loadOnly(asked: Only, why: string): string {
  if (asked === 'all') return `only loading is judged: ${why}`;
  throw new UsageError({
    message: `${why}; --only names what is proved of an agent`,
    next: 'leave one of the two out, or say --only load',
  });
}

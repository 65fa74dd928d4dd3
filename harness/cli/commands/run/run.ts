// SPDX-License-Identifier: Apache-2.0
import { dirname, join } from 'node:path';
import { type AgentChoice, agentChoices, agentObject, readAgents } from '../../../config/agent.js';
import { buildWithClangs, type ClangBuilds, type ClangOptions, parseClangs } from '../../../config/clang.js';
import { expectationsOf } from '../../../config/expectations.js';
import { defaultConfigFile, type MatrixConfig } from '../../../config/file.js';
import { type Build, builtFor } from '../../../config/libbpf.js';
import { needsSource, withNeeds } from '../../../config/needs.js';
import type { Only } from '../../../config/only.js';
import { objectFiles } from '../../../config/object-files.js';
import { objectNotices, type ObjectFile, readObjectsOneByOne } from '../../../config/objects.js';
import { parseCount, parseDuration } from '../../../config/values.js';
import { conventions } from '../../../contracts/registry.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { UsageError } from '../../../model/errors.js';
import type { Agent } from '../../../model/agent.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { ExpectationList } from '../../../model/expectation.js';
import { choosePrograms } from '../../../plan/programs.js';
import { hostTarget } from '../../../target.js';
import { assertBuilt } from '../../../run/guest-host.js';
import { FirstFailure } from '../../../run/first-failure.js';
import { baselineFromFlags, costsBesideBaseline } from './baseline.js';
import { historyFromFlags } from './history.js';
import { listRun } from './list.js';
import { type Narrowed, narrowed, stillFailing, withLastObjects } from './narrow.js';
import { sharingFromFlags, shardFolder } from './shard.js';
import { askedClasses, wantedScenarios } from './wanted.js';
import { namedTargets, onlyTarget } from '../../architectures.js';
import { ownConclusion, runCommand, type Task } from '../../run-command.js';
import { displayedPath } from '../../../config/displayed.js';
import { loaderFromFlags } from '../../loader.js';
import { withoutCapability } from '../../loader-flags.js';
import { programFlag, type RunFlags } from './flags.js';
import { builtFile, type CliContext } from '../../context.js';

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
  const configFile = narrow.flags.config ?? defaultConfigFile;
  const root = packageRoot();
  const ofOwn = await ownBuild(build, narrow.flags, config);
  const places = { conventions, root, built: ofOwn.folder, configFile, folder: dirname(configFile) };
  const choices = agentChoices(config, conventions);
  const configured = choices.map((one) => agentObject(one.config, { ...places, ...one }));
  const flags = withLastObjects(narrow, configured.map(displayedPath));
  const asked = askedClasses(flags);
  const compiled = await builds(flags, config, { build, signal });
  const silent = silence(flags, config, asked);
  const only = silent === null ? asked : 'none';
  await checkBuilt(flags, choices, only, ofOwn);
  const read = compiled ?? (await namedObjects(flags.object ?? configured));
  const { objects: all, notices: ofNeeds } = await withNeeds(read.objects, needsSource(config, flags.config));
  const chosen = choosePrograms(programFlag, flags.program, stillFailing(narrow, all));
  const named = compiled ?? flags.object;
  const object = named === undefined ? null : oneObject(chosen.objects, choices, flags, only);
  const agents = only === 'none' ? [] : await readAgents(choices, { ...places, object });
  const { scenarios, notices: ofScenarios } = wantedScenarios(flags, agents, only);
  const baseline = await baselineFromFlags(flags, config);
  return {
    objects: chosen.objects,
    built: build.folder,
    agents,
    only,
    scenarios,
    ...stopping(flags),
    timeout: parseDuration('--timeout', flags.timeout),
    withoutCapabilities,
    notices: [narrow.notices, ofLoader, silent ?? [], ofScenarios, read.notices, ofNeeds, chosen.notices].flat(),
    programs: chosen.patterns,
    expectations: expectedBy(config, flags),
    costs: flags.cost === true ? { kind: 'all' } : costsBesideBaseline(baseline),
    baseline,
    history: await historyFromFlags(flags),
    among: narrow.kernels,
    command: 'run',
    work: null,
    reuses: true,
    ...programOf(agents),
    conclusion: ownConclusion,
  };
}

/** Where our own agent and its object are. Where kernels of several architectures load an object, it is the host's. */
async function ownBuild(build: Build, flags: RunFlags, config: MatrixConfig): Promise<Build> {
  const ofBoth = namedTargets(flags).more.length > 0 && provesNothing(flags, config);
  const own = ofBoth ? hostTarget : onlyTarget(flags, 'an agent');
  const folder = builtFor(own, build.folder);
  if (own !== hostTarget) await assertBuilt(own, folder);
  return { ...build, folder };
}

/** Agents of one run are of one architecture: each has to be that of every kernel. */
function programOf(agents: readonly Agent[]): Pick<Task<'run'>, 'program'> {
  const [first, ...others] = agents;
  if (first === undefined) return {};
  const other = others.find(({ target }) => target !== first.target);
  if (other === undefined) return { program: { title: first.identity.file, target: first.target } };
  throw new UsageError({
    message: `${first.identity.file} is built for ${first.target.title}, ${other.identity.file} for ${other.target.title}`,
    next: 'one run for each, with a configuration of its own (--config)',
  });
}

/** An entry may well be about objects and programs that are not part of this run. */
function expectedBy({ expectations = [] }: MatrixConfig, flags: RunFlags): ExpectationList {
  const { object, program, clang, lastFailed } = flags;
  const isPart = [object, program, clang, lastFailed].some((flag) => flag !== undefined);
  return { scope: isPart ? 'part' : 'whole', entries: expectationsOf(expectations) };
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

/** Files, folders and patterns. */
async function namedObjects(names: readonly string[]): Promise<Pick<Task<'run'>, 'objects' | 'notices'>> {
  const { files, notices } = await objectFiles('--object', names);
  const objects = await readObjectsOneByOne(files.map((file) => displayedPath(file)));
  return { objects, notices: [...notices, ...objectNotices(objects)] };
}

/** Our object by each compiler that is named; null where none is. */
async function builds(
  { clang, object }: RunFlags,
  { agent, agents }: MatrixConfig,
  { build, signal }: Pick<ClangOptions, 'build' | 'signal'>,
): Promise<ClangBuilds | null> {
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
    target: hostTarget,
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

/** Of an agent: then kernels of any architecture may be in one run. */
function provesNothing(flags: RunFlags, config: MatrixConfig): boolean {
  const asked = askedClasses(flags);
  return asked === 'none' || silence(flags, config, asked) !== null;
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

/** The object that the agent loads in place of its own; null for one that loads nothing here. */
function oneObject(
  objects: readonly ObjectFile[],
  choices: readonly AgentChoice[],
  { clang }: RunFlags,
  only: Only,
): string | null {
  if (only === 'none') return null;
  if (choices.length > 1) {
    throw new UsageError({
      message: `--object names what one agent loads, and the configuration has ${choices.length}`,
      next: 'add --only load, or name a configuration with one agent',
    });
  }
  const [first, second] = objects;
  if (first !== undefined && second === undefined) return first.identity.file;
  throw new UsageError({
    message: `an agent loads one object, and ${clang === undefined ? '--object names' : '--clang builds'} ${objects.length}`,
    next: only === 'all' ? 'name one, or add --only load' : 'name one, or leave --only out',
  });
}

/** Our own agents, as far as they are needed. */
async function checkBuilt(
  { object, clang }: RunFlags,
  choices: readonly AgentChoice[],
  only: Only,
  { folder }: Build,
): Promise<void> {
  const owns = choices.flatMap(({ config, conventions: [{ own }] }) => (config.agent === undefined ? [own] : []));
  const needed = owns.flatMap((own) => [
    ...(object === undefined && clang === undefined ? [own.object] : []),
    ...(only === 'none' ? [] : [own.binary]),
  ]);
  await Promise.all(needed.map((file) => builtFile(join(folder, file))));
}

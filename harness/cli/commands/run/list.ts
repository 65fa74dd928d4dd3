// SPDX-License-Identifier: Apache-2.0
import { type MatrixConfig, readConfig } from '../../../config/file.js';
import { elfProgramNames } from '../../../config/elf-symbols.js';
import { isOneOf } from '../../../config/glob.js';
import type { ObjectFile } from '../../../config/objects.js';
import { contractNamed, conventions } from '../../../contracts/registry.js';
import { openKernelContext } from '../../../kernels/index.js';
import type { Agent } from '../../../model/agent.js';
import { type CheckClass, checkClasses, type Environment } from '../../../model/check.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { PlannedUnit, ShardPlace } from '../../../model/shard.js';
import { sumOf } from '../../../model/sum.js';
import { selectReporters } from '../../../report/select.js';
import { formatCount } from '../../../report/views/format.js';
import { tableSpan, tableLines } from '../../../report/views/table.js';
import type { KernelRequest } from '../../../run/matrix.js';
import { planShards } from '../../../run/shards/plan.js';
import { plannedEnvironments } from '../../../run/scenario-session.js';
import { type CatalogueEntry, plannedEntries } from '../../../scenarios/catalogue.js';
import { defaultLsm } from '../../../boot/cmdline.js';
import { parseLsm } from '../../../config/values.js';
import { openCacheFolder } from '../../cache-folder.js';
import type { CliContext } from '../../context.js';
import { subjectsFromFlags } from '../../subjects.js';
import { fixedOptions, type Task } from '../../run-command.js';
import { shareText } from '../../sharing.js';
import type { RunFlags } from './flags.js';
import { oneOfEach } from './wanted.js';

/** Columns of a terminal as most have them. */
const pageWidth = 80;
/** Scenarios that are named one by one; more of them are what `scenarios list` is for. */
const pageLines = 24;

/** What a run would be about. */
interface Listing {
  readonly kernels: readonly Pick<KernelRequest, 'id' | 'source'>[];
  readonly objects: readonly {
    readonly name: string;
    readonly file: string;
    /** What `programs` holds: each section that has some, or the names that --program matches. */
    readonly by: 'section' | 'name';
    readonly programs: readonly string[];
  }[];
  /** None where only loading is judged. */
  readonly agents: readonly AgentListing[];
  readonly notices: readonly string[];
  /** Which part of it --shard is; null without. */
  readonly shard: ShardListing | null;
}

/** Units of all shards: who wants to see whether the parts are even has to see the others, too. */
interface ShardListing extends ShardPlace {
  readonly from: string;
  readonly units: readonly PlannedUnit[];
}

interface AgentListing {
  readonly name: string;
  readonly contract: string;
  /** The machines of each kernel on which scenarios are run. */
  readonly environments: readonly Environment[];
  readonly scenarios: readonly CatalogueEntry[];
}

/** `run --list`: what the same command line without it would do; nothing boots, and nothing is fetched. */
export async function listRun(
  flags: RunFlags,
  cli: CliContext,
  plan: (config: MatrixConfig) => Promise<Task<'run'>>,
): Promise<ExitCode> {
  const config = await readConfig(flags.config ?? null, conventions);
  // A command line that cannot be run is not listed either.
  const fixed = await fixedOptions(flags, cli);
  selectReporters('run', { named: flags.reporter ?? [], json: flags.json === true, follower: 'plain' });
  const task = await plan(config);
  const cacheDir = await openCacheFolder(cli.env);
  const context = await openKernelContext({ env: cli.env, cacheDir, archives: config.archives ?? {} });
  try {
    const asked = { ...task, among: task.among ?? null, bound: task.bound ?? [] };
    const whole = { ...task, ...(await subjectsFromFlags(flags, context, cli, asked)) };
    const shard = await shardListing(task, { ...fixed, ...whole });
    const listing = { ...listingOf(flags, whole, whole.kernels), shard };
    const columns = cli.stdout.isTTY ? cli.stdout.columns : Number.POSITIVE_INFINITY;
    const text = flags.json === true ? JSON.stringify(listing, null, 2) : listingLines(listing, columns).join('\n');
    cli.stdout.write(`${text}\n`);
    return ExitCode.ok;
  } finally {
    await context.close();
  }
}

async function shardListing(
  { sharing = null }: Task<'run'>,
  run: Parameters<typeof planShards>[0],
): Promise<ShardListing | null> {
  if (sharing === null) return null;
  const { place, from } = sharing.choice;
  const { units } = await planShards(run, { total: place.total, times: sharing.times, baseline: null });
  return { ...place, from, units };
}

function listingOf(flags: RunFlags, task: Task<'run'>, kernels: readonly KernelRequest[]): Omit<Listing, 'shard'> {
  return {
    kernels: kernels.map(({ id, source }) => ({ id, source })),
    objects: task.objects.map((object) => objectEntry(object, task.programs)),
    agents: task.only === 'none' ? [] : oneOfEach(task.agents).map((agent) => agentListing(flags, task, agent)),
    notices: task.notices,
  };
}

function objectEntry({ identity, bytes }: ObjectFile, patterns: readonly string[] | null): Listing['objects'][number] {
  const { name, file, sections } = identity;
  if (patterns === null) return { name, file, by: 'section', programs: sections };
  return { name, file, by: 'name', programs: elfProgramNames(bytes).filter(isOneOf(patterns)) };
}

function agentListing(flags: RunFlags, { only, scenarios }: Task<'run'>, agent: Agent): AgentListing {
  const classes = new Set(only === 'all' || only === 'none' ? checkClasses : only);
  const wanted = { classes, scenarios };
  const lsm = flags.lsm === undefined ? defaultLsm : parseLsm('--lsm', flags.lsm);
  const environments = plannedEnvironments({ agent, ...wanted }, lsm);
  const entries = plannedEntries(contractNamed(agent.contract), agent, wanted);
  const here = (one: Environment): boolean => environments.includes(one);
  const { identity, contract } = agent;
  const own = entries.filter((entry) => entry.environments.some(here));
  return { name: identity.name, contract, environments, scenarios: own };
}

function listingLines({ kernels, objects, agents, notices, shard }: Listing, columns: number): readonly string[] {
  return [
    formatCount(kernels.length, 'kernel'),
    ...table(
      kernels.map(({ id, source }) => [id, source]),
      columns,
    ),
    '',
    ...objects.flatMap(({ file, by, programs }) => [
      `${file}: ${formatCount(programs.length, by === 'name' ? 'program' : 'program section')}`,
      ...sideBySide(programs, columns),
      '',
    ]),
    ...(agents.length === 0 ? ['no agent: only loading is judged', ''] : []),
    ...agents.flatMap((agent) => [...agentLines(agent, columns), '']),
    ...(shard === null ? [] : [...shardLines(shard, columns), '']),
    ...notices,
    'nothing was booted: this is what the same command without --list would run',
  ];
}

/** Who does what of all that is above. */
function shardLines({ index, total, from, units }: ShardListing, columns: number): readonly string[] {
  const rows = Array.from({ length: total }, (_, at) => at + 1).map((number): readonly string[] => {
    const own = units.filter(({ shard }) => shard === number);
    const seconds = Math.round(sumOf(own.map((unit) => unit.seconds)));
    return [`${number}${number === index ? ' *' : ''}`, `${seconds} s`, own.length === 0 ? 'nothing' : shareText(own)];
  });
  const title = `shard ${index} of ${total} (${from}), marked below, runs of all this`;
  return [title, ...table(rows, columns)];
}

/** Classes down, machines across; the last row counts each scenario once for every machine. */
function agentLines({ name: agent, environments, scenarios }: AgentListing, columns: number): readonly string[] {
  const count = (environment: Environment, name: CheckClass | null): string => {
    const found = scenarios.filter(
      (entry) => entry.environments.includes(environment) && (name === null || entry.class === name),
    );
    return found.length === 0 ? '.' : String(found.length);
  };
  const rowOf = (title: string, name: CheckClass | null): readonly string[] => [
    title,
    ...environments.map((environment) => count(environment, name)),
  ];
  const classes = checkClasses.filter((name) => scenarios.some((entry) => entry.class === name));
  return [
    `${agent}: scenarios on each kernel, by class and machine`,
    ...table([['', ...environments], ...classes.map((name) => rowOf(name, name)), rowOf('in all', null)], columns),
    ...(scenarios.length > pageLines ? [] : ['', ...table(scenarios.map(nameRow), columns)]),
  ];
}

const nameRow = ({ class: name, scenario, attempt }: CatalogueEntry): readonly string[] => [
  name,
  scenario,
  attempt ?? '',
];

/** Down the first column, then down the next; no wider than a page where the width is no matter. */
function sideBySide(names: readonly string[], columns: number): readonly string[] {
  const longest = Math.max(0, ...names.map((name) => name.length));
  const across = Math.max(1, Math.floor(Math.min(columns, pageWidth) / (longest + 2)));
  const down = Math.ceil(names.length / across);
  const rows = Array.from({ length: down }, (_, row) => names.filter((_name, index) => index % down === row));
  return table(rows, columns);
}

function table(rows: readonly (readonly string[])[], columns: number): readonly string[] {
  return tableLines(
    rows.map((row) => row.map((text) => tableSpan(text))),
    2,
    columns,
  );
}

// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { describeJsonFault } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';
import { archiveSetting, type ArchiveSetting, askedMirrors, familySettings } from '../kernels/families.js';
import { UsageError } from '../model/errors.js';
import type { AgentConventions } from '../model/agent-conventions.js';
import { agentSchema } from './agent-schema.js';
import { describeConfigIssue } from './describe-issue.js';
import { expectationsSchema } from './expectations.js';
import { objectNeedsSchema } from './needs-schema.js';
import { renamedKeys } from './renamed-keys.js';

/** The configuration file that is read when none is named. */
export const defaultConfigFile = 'matrix.config.json';

type Conventions = readonly [AgentConventions, ...AgentConventions[]];

const uri = z.string().regex(/^(https?|file):\/\/?./, 'an archive URI: http://, https:// or file:');
const path = z.string().min(1);
const statLimit = z
  .strictObject({ percent: z.number().min(0), floor: z.number().min(0) })
  .describe('a growth of more than both is a regression');
const statLimits = z.strictObject({ insns: statLimit.exactOptional(), states: statLimit.exactOptional() });

/** What each family of the table has, all of them strings. */
type ArchiveShape = { readonly [S in ArchiveSetting]: z.ZodOptional<z.ZodString> };
const archiveShape = Object.fromEntries(
  familySettings.map(({ family, role }) => [
    archiveSetting(family, role),
    (role === 'Keyring' ? path : uri).optional(),
  ]),
) as ArchiveShape;

/** Fields of matrix.config.json besides its agent. */
const fields = {
  /** For editors. */
  $schema: z.string().optional(),
  /** Where kernels come from; the environment (BPF_MATRIX_...) wins over it. */
  archives: z
    .strictObject({
      ...archiveShape,
      allowExpired: z
        .boolean()
        .optional()
        .describe('believe an index older than its Valid-Until; every report says so'),
      mirrors: z
        .enum(askedMirrors)
        .optional()
        .describe('host: ask only archives that are configured here or among the apt sources; every report says so'),
    })
    .optional()
    .describe('where kernels come from'),
  /** docs/manifest.md. */
  veristat: statLimits
    .extend({ programs: z.record(z.string(), statLimits).exactOptional() })
    .optional()
    .describe('how much more work the verifier may have than in the baseline'),
  objects: z
    .array(objectNeedsSchema)
    .optional()
    .describe('what objects need of their loader and do not say themselves'),
  /** docs/watch.md. */
  watch: z
    .strictObject({
      build: z.array(z.string()).min(1).describe('the command that makes the object, run in the folder of this file'),
      sources: z.array(path).min(1).describe('files and folders whose change starts it'),
    })
    .optional()
    .describe('how `watch` makes the object anew'),
  expectations: expectationsSchema.optional(),
};

/**
 * matrix.config.json with an agent of one contract; docs/matrix.config.schema.json is made of it. Without an agent our
 * own is proved.
 */
function configSchema(conventions: AgentConventions, all: Conventions = [conventions]) {
  const agent = agentSchema(conventions).optional().describe('the agent to prove, instead of our own');
  return z.strictObject({ ...fields, agent, agents: agentsField(all) });
}

/** Several agents, one of each contract; the name of a contract alone is our own agent of it. */
function agentsField(all: Conventions) {
  const own = z.enum(all.map(({ contract }) => contract));
  return z
    .array(z.union([own, ...all.map(agentSchema)]))
    .optional()
    .describe(
      'several agents in place of `agent`, one of each contract; the name of a contract is our own agent of it',
    );
}

export type MatrixConfig = z.output<ReturnType<typeof configSchema>>;

export interface ReadConfig extends MatrixConfig {
  /** What a person should know about the file, one line each. */
  readonly notices: readonly string[];
}

/**
 * The JSON schema of matrix.config.json, for editors: what may be written, so fields with a default are optional. With
 * more contracts than one it is any of theirs.
 */
export function configJsonSchema(conventions: Conventions): unknown {
  const [first, ...others] = conventions;
  const rest = others.map((one) => configSchema(one).omit({ agents: true }));
  const schema = rest.length === 0 ? configSchema(first) : z.union([configSchema(first, conventions), ...rest]);
  return z.toJSONSchema(schema, { io: 'input' });
}

/**
 * Reads a configuration file. `file` null looks for matrix.config.json in the working folder and is content without.
 * `conventions` are those of every contract; an agent that names none keeps the first.
 * @throws UsageError naming the file and the place in it.
 */
export async function readConfig(file: string | null, conventions: Conventions): Promise<ReadConfig> {
  const text = await readText(file);
  if (text === null) return { notices: [] };
  const name = file ?? defaultConfigFile;
  const { value, notices } = renamedKeys(name, parse(name, text));
  const { rest, agents } = withoutAgents(name, value, conventions);
  const result = configSchema(contractOf(name, rest, conventions)).safeParse(rest);
  if (!result.success) throw unreadable(`${name}: ${describeConfigIssue(result.error, rest)}`, result.error);
  return { ...result.data, ...(agents === null ? {} : { agents }), notices };
}

type Agents = NonNullable<MatrixConfig['agents']>;

/** Each agent of the list is read by the schema of its own contract, so that what is wrong has its place. */
function withoutAgents(
  file: string,
  value: unknown,
  all: Conventions,
): { readonly rest: unknown; readonly agents: Agents | null } {
  if (typeof value !== 'object' || value === null || !('agents' in value)) return { rest: value, agents: null };
  const { agents: list, ...rest } = value;
  if ('agent' in rest) throw unreadable(`${file}: 'agent' and 'agents' are both there: leave one of the two out`);
  if (!Array.isArray(list) || list.length === 0) throw unreadable(`${file}: agents: is not a list of agents`);
  const agents = list.map((one: unknown, index) => readEntry(`${file}: agents.${index}`, one, all));
  const contracts = agents.map((one) => (typeof one === 'string' ? one : one.contract));
  const twice = contracts.find((contract, index) => contracts.indexOf(contract) !== index);
  if (twice === undefined) return { rest, agents };
  throw unreadable(`${file}: agents: two keep the contract ${twice}: one run takes one agent of each`);
}

function readEntry(place: string, entry: unknown, all: Conventions): Agents[number] {
  const named = typeof entry === 'string' ? entry : contractIn(entry);
  const found = named === undefined ? all[0] : all.find(({ contract }) => contract === named);
  if (found === undefined) {
    throw unreadable(`${place}: there is no contract '${named ?? ''}': ${all.map((one) => one.contract).join(', ')}`);
  }
  if (typeof entry === 'string') return entry;
  const result = agentSchema(found).safeParse(entry);
  if (result.success) return result.data;
  const issue = describeConfigIssue(result.error, entry);
  const whole = /^top level: /;
  throw unreadable(whole.test(issue) ? `${place}: ${issue.replace(whole, '')}` : `${place}.${issue}`, result.error);
}

function contractIn(entry: unknown): string | undefined {
  return z.looseObject({ contract: z.string() }).safeParse(entry).data?.contract;
}

function unreadable(message: string, cause?: unknown): UsageError {
  return new UsageError({ message, next: 'docs/configuration.md lists every field', cause });
}

const named = z.looseObject({ agent: z.looseObject({ contract: z.string() }) });

/** The contract that the agent names, by which the rest of it is read. */
function contractOf(file: string, value: unknown, all: Conventions): AgentConventions {
  const { data } = named.safeParse(value);
  if (data === undefined) return all[0];
  const { contract } = data.agent;
  const found = all.find((one) => one.contract === contract);
  if (found !== undefined) return found;
  throw new UsageError({
    message: `${file}: agent.contract: there is no contract '${contract}'`,
    next: `one of ${all.map((one) => one.contract).join(', ')}`,
  });
}

/** Bytes of a configuration; a thousand times what the largest has. */
const configLimit = 16 * 2 ** 20;

async function readText(file: string | null): Promise<string | null> {
  try {
    return await readRegularText(file ?? defaultConfigFile, configLimit);
  } catch (error) {
    if (file === null && (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new UsageError({
      message: `configuration ${file ?? defaultConfigFile} cannot be read: ${(error as Error).message}`,
      next: 'name an existing file with --config, or leave it out',
      cause: error,
    });
  }
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `${name} is not JSON: ${describeJsonFault(text)}`;
    throw new UsageError({ message, next: 'correct the file there, or write a new one with init', cause: error });
  }
}

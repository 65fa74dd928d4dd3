// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { basename, relative, resolve } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { AgentConventions } from '../model/agent-conventions.js';
import type { Agent, Upload } from '../model/agent.js';
import type { Dialect } from '../model/dialect.js';
import type { Target } from '../target.js';
import type { OwnRule } from '../model/own-rule.js';
import { readDialect } from './dialect.js';
import { displayedPath } from './displayed.js';
import { defaultConfigFile, type MatrixConfig } from './file.js';
import { readHostFile, readProgram } from './host-files.js';
import { readObjects, type ObjectFile } from './objects.js';
import { type AgentConfig, agentSchema } from './agent-schema.js';
import { durationOf } from './values.js';

export interface AgentOptions {
  /** Of every contract there is; the first has our own agent. */
  readonly conventions: Conventions;
  /** Root of the package; paths of our own agent are shown relative to it. */
  readonly root: string;
  /** Where our own agent was built, an absolute path. */
  readonly built: string;
  /** The configuration file, as errors name it, and the field in it: `agent`. */
  readonly configFile?: string;
  readonly field?: string;
  /** Folder of the configuration file; its paths are relative to it. */
  readonly folder: string;
  /** The object that the agent is to load instead of its own; null for its own. */
  readonly object: ((target: Target) => string) | null;
}

/** Of every contract there is. */
export type Conventions = readonly [AgentConventions, ...AgentConventions[]];

/** Where paths of an agent start, and how errors name it. */
interface Source {
  readonly folder: string;
  readonly place: string;
}

/** Reads the agent of a configuration, or our own agent, with every file it needs. Throws UsageError. */
export async function readAgent(config: MatrixConfig, options: AgentOptions): Promise<Agent> {
  const { agent, source, conventions } = whose(config, options);
  const { folder } = agent;
  const binary = `${folder}/${basename(agent.binary)}`;
  const program = await readProgram(resolve(source.folder, agent.binary), {
    place: `${source.place}.binary`,
    path: binary,
    libraries: listed(agent).map((file) => resolve(source.folder, file)),
  });
  const [object, files, own] = await Promise.all([
    readObject(agent, source, options.object?.(program.target) ?? null),
    readFiles(agent, source),
    readOwnDialect(agent, source, conventions),
  ]);
  const objectPath = `${folder}/${basename(object.identity.file)}`;
  const uploads = withoutEqual([
    ...program.uploads,
    { path: objectPath, bytes: object.bytes, mode: 0o644 },
    ...files,
    ...own.uploads,
  ]);
  checkDistinct(uploads, source);
  return {
    identity: {
      name: agent.name,
      file: displayedPath(resolve(source.folder, agent.binary)),
      sha256: program.sha256,
      libraries: program.libraries,
      contract: conventions.contract,
      object: object.identity.sha256,
      architecture: program.target.name,
    },
    contract: conventions.contract,
    target: program.target,
    object: { file: objectPath, sha256: object.identity.sha256 },
    uploads,
    paths: { binary, object: objectPath, folder },
    hooks: agent.hooks === 'object' ? hooksOf(object) : agent.hooks,
    ...commandsOf(agent, conventions),
    dialect: own.dialect,
    ...claimsOf(agent, conventions, own.dialect?.rules ?? []),
  };
}

async function readOwnDialect(
  { dialect, folder: guestFolder, ready }: AgentConfig,
  { folder, place }: Source,
  conventions: AgentConventions,
): Promise<{ readonly dialect: Dialect | null; readonly uploads: readonly Upload[] }> {
  if (dialect === undefined) return { dialect: null, uploads: [] };
  const read = await readDialect(dialect, { folder, place: `${place}.dialect`, guestFolder, conventions });
  const { fields, types } = dialect.events;
  const renamed = 'type' in fields || (conventions.vocabulary?.stateType ?? '') in types;
  if (renamed && ready.pattern === conventions.ready.pattern) {
    throw new UsageError({
      message: `${place}.ready.pattern: the contract's line, ${ready.pattern}, is none that an agent of this dialect writes`,
      next: 'name the line by which it is ready, a regular expression',
    });
  }
  return read;
}

/** The object that a configuration's agent loads, or our own; a path from the working folder. */
export function agentObject(config: MatrixConfig, options: Omit<AgentOptions, 'object'>): string {
  const { agent, source } = whose(config, options);
  return resolve(source.folder, agent.object);
}

/** One agent of a configuration, as if it were the only one. */
export interface AgentChoice {
  readonly config: Pick<MatrixConfig, 'agent'>;
  readonly conventions: Conventions;
  readonly field: string;
}

/** The agents of a configuration, an agent of any number of builds each; our own where it has none. */
export function agentChoices(
  { agent, agents }: MatrixConfig,
  all: Conventions,
): readonly [AgentChoice, ...AgentChoice[]] {
  const [first, ...others] = (agents ?? []).map((one, index): AgentChoice => {
    const field = `agents.${index}`;
    if (typeof one !== 'string') return { config: { agent: one }, conventions: all, field };
    const own = all.find(({ contract }) => contract === one);
    if (own === undefined) throw new Error(`config: an agent of the contract ${one} was read`);
    return { config: {}, conventions: [own], field };
  });
  const only = { config: agent === undefined ? {} : { agent }, conventions: all, field: 'agent' };
  return first === undefined ? [only] : [first, ...others];
}

function whose(
  whole: MatrixConfig,
  { root, built, folder, conventions, configFile = defaultConfigFile, field }: Omit<AgentOptions, 'object'>,
): { agent: AgentConfig; source: Source; conventions: AgentConventions } {
  const [{ config, conventions: all, field: own }] = agentChoices(whole, conventions);
  const { agent } = config;
  if (agent === undefined) {
    const [first] = all;
    return {
      agent: ownAgent(first, relative(root, built)),
      source: { folder: root, place: 'our own agent' },
      conventions: first,
    };
  }
  const kept = all.find(({ contract }) => contract === agent.contract);
  if (kept === undefined) throw new Error(`config: an agent of the contract ${agent.contract} was read`);
  return { agent, source: { folder, place: `${configFile}: ${field ?? own}` }, conventions: kept };
}

/** Our own agent, from where it was built. */
function ownAgent(conventions: AgentConventions, built: string): AgentConfig {
  const { own } = conventions;
  return agentSchema(conventions).parse({
    ...own,
    ...Object.fromEntries(Object.keys(conventions.optIn).map((name) => [name, true])),
    object: `${built}/${own.object}`,
    binary: `${built}/${own.binary}`,
  });
}

function listed({ libraries }: AgentConfig): readonly string[] {
  return libraries === 'auto' ? [] : libraries;
}

async function readObject(agent: AgentConfig, source: Source, other: string | null): Promise<ObjectFile> {
  try {
    const [object] = await readObjects([other ?? resolve(source.folder, agent.object)]);
    if (object !== undefined) return object;
    throw new Error('an object was read and is not there');
  } catch (error) {
    if (other !== null || !(error instanceof UsageError)) throw error;
    const { message, next = 'build it first', cause } = error;
    throw new UsageError({ message: `${source.place}.object: ${message}`, next, cause });
  }
}

function readFiles(agent: AgentConfig, source: Source): Promise<readonly Upload[]> {
  return Promise.all(
    Object.entries(agent.files).map(async ([path, file]) => {
      const place = `${source.place}.files.${path}`;
      return { path, ...(await readHostFile(resolve(source.folder, file), place)) };
    }),
  );
}

/** Two programs that need one library bring it once. */
function withoutEqual(uploads: readonly Upload[]): readonly Upload[] {
  const same = (a: Upload, b: Upload): boolean => a.path === b.path && a.mode === b.mode && a.bytes.equals(b.bytes);
  return uploads.filter((one, index) => uploads.findIndex((other) => same(one, other)) === index);
}

/** Two files under one path: the later would silently take the place of the earlier. */
function checkDistinct(uploads: readonly Upload[], { place }: Source): void {
  const paths = uploads.map(({ path }) => path);
  const twice = paths.find((path, index) => paths.indexOf(path) !== index);
  if (twice === undefined) return;
  throw new UsageError({
    message: `${place}: two files would be ${twice} in the guest`,
    next: 'rename one of them, or give it another path in files',
  });
}

/** Hooks of the programs that are loaded without being asked for. */
function hooksOf({ identity }: ObjectFile): readonly string[] {
  return [...new Set(identity.sections.flatMap((section) => /^lsm(?:\.s)?\/(.+)$/.exec(section)?.[1] ?? []))];
}

function commandsOf(
  agent: AgentConfig,
  conventions: AgentConventions,
): Pick<Agent, 'prepare' | 'run' | 'enroll' | 'env' | 'spelling' | 'ready' | 'deadlines' | 'takeover' | 'reload'> {
  const { spelling, ready, deadlines, reload } = agent;
  return {
    prepare: agent.prepare.map(nonEmpty),
    run: nonEmpty(agent.run),
    enroll: agent.enroll === undefined ? null : nonEmpty(agent.enroll),
    env: { ...conventions.env, ...agent.env },
    spelling: Object.fromEntries(
      Object.entries(conventions.options).map(([name, option]) => [name, { ...option.spelling, ...spelling[name] }]),
    ),
    ready: { stream: ready.stream, pattern: new RegExp(ready.pattern) },
    deadlines: { ready: durationOf(deadlines.ready) ?? 0, stop: durationOf(deadlines.stop) ?? 0 },
    takeover: agent.takeover,
    reload: reload === null ? null : constants.signals[reload as NodeJS.Signals],
  };
}

function claimsOf(
  agent: AgentConfig,
  { report, signals, features, optIn }: AgentConventions,
  own: readonly OwnRule[],
): Pick<Agent, 'report' | 'operations' | 'rules' | 'signals' | 'features' | 'overrides'> {
  const answers: Readonly<Record<string, unknown>> = agent;
  return {
    report: report === null || agent.dialect?.report === 'none' ? null : (agent.report ?? `${agent.folder}/${report}`),
    operations: new Set(agent.operations),
    rules: new Set([...agent.rules, ...own.map(({ kind }) => kind)]),
    signals: new Set([...signals.slice(0, 1), ...agent.signals]),
    features: new Set(Object.keys({ ...features, ...optIn }).filter((name) => answers[name] === true)),
    overrides: new Set(agent.overrides),
  };
}

/** The schema has refused an empty command. */
function nonEmpty([first = '', ...rest]: readonly string[]): [string, ...string[]] {
  return [first, ...rest];
}

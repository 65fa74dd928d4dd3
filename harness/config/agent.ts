import { constants } from 'node:os';
import { basename, relative, resolve } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { Agent, Upload } from '../model/agent.js';
import { defaultConfigFile, type MatrixConfig } from './file.js';
import { readHostFile, readProgram } from './host-files.js';
import { ownAgent } from './own-agent.js';
import { readObjects, type ObjectFile } from './objects.js';
import { type AgentConfig, agentSchema } from './agent-schema.js';
import { durationOf } from './values.js';

export interface AgentOptions {
  /** Root of the package; paths of our own agent are shown relative to it. */
  readonly root: string;
  /** Where our own agent was built, an absolute path. */
  readonly built: string;
  /** The configuration file, as errors name it. */
  readonly configFile?: string;
  /** Folder of the configuration file; its paths are relative to it. */
  readonly folder: string;
  /** The object that the agent is to load instead of its own; null for its own. */
  readonly object: string | null;
}

/** Where paths of an agent start, and how errors name it. */
interface Source {
  readonly folder: string;
  readonly place: string;
}

/** Reads the agent of a configuration, or our own agent, with every file it needs. Throws UsageError. */
export async function readAgent(config: MatrixConfig, options: AgentOptions): Promise<Agent> {
  const { agent, source } = whose(config, options);
  const { folder } = agent;
  const binary = `${folder}/${basename(agent.binary)}`;
  const [program, object, files] = await Promise.all([
    readProgram(resolve(source.folder, agent.binary), {
      place: `${source.place}.binary`,
      path: binary,
      libraries: listed(agent).map((file) => resolve(source.folder, file)),
    }),
    readObject(agent, source, options.object),
    readFiles(agent, source),
  ]);
  const objectPath = `${folder}/${basename(object.identity.file)}`;
  const uploads = [...program.uploads, { path: objectPath, bytes: object.bytes, mode: 0o644 }, ...files];
  checkDistinct(uploads, source);
  return {
    identity: {
      name: agent.name,
      file: agent.binary,
      sha256: program.sha256,
      libraries: program.libraries,
    },
    object: { file: objectPath, sha256: object.identity.sha256 },
    uploads,
    paths: { binary, object: objectPath, folder },
    hooks: agent.hooks === 'object' ? hooksOf(object) : agent.hooks,
    ...commandsOf(agent),
    ...claimsOf(agent),
  };
}

/** The object that a configuration's agent loads, or our own; a path from the working folder. */
export function agentObject(config: MatrixConfig, options: Pick<AgentOptions, 'root' | 'built' | 'folder'>): string {
  const { agent, source } = whose(config, options);
  return resolve(source.folder, agent.object);
}

function whose(
  config: MatrixConfig,
  { root, built, folder, configFile = defaultConfigFile }: Omit<AgentOptions, 'object'>,
): { agent: AgentConfig; source: Source } {
  if (config.agent === undefined) {
    return {
      agent: agentSchema.parse(ownAgent(relative(root, built))),
      source: { folder: root, place: 'our own agent' },
    };
  }
  return { agent: config.agent, source: { folder, place: `${configFile}: agent` } };
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
): Pick<Agent, 'prepare' | 'run' | 'env' | 'spelling' | 'ready' | 'deadlines' | 'takeover' | 'reload'> {
  const { spelling, ready, deadlines, reload } = agent;
  return {
    prepare: agent.prepare.map(nonEmpty),
    run: nonEmpty(agent.run),
    env: { AEGIS_BPF_OBJ: '{object}', AEGIS_CAPABILITIES_REPORT_PATH: '{report}', ...agent.env },
    spelling: {
      mode: { enforce: '--enforce', audit: '--audit', ...spelling.mode },
      signal: { ...spelling.signal },
      fallback: { ...spelling.fallback },
      gate: { ...spelling.gate },
    },
    ready: { stream: ready.stream, pattern: new RegExp(ready.pattern) },
    deadlines: { ready: durationOf(deadlines.ready) ?? 0, stop: durationOf(deadlines.stop) ?? 0 },
    takeover: agent.takeover,
    reload: reload === null ? null : constants.signals[reload as NodeJS.Signals],
  };
}

function claimsOf(
  agent: AgentConfig,
): Pick<Agent, 'report' | 'rules' | 'signals' | 'fallback' | 'auditFallback' | 'overrides'> {
  return {
    report: agent.report ?? `${agent.folder}/capabilities.json`,
    rules: new Set(agent.rules),
    signals: new Set(['none', ...agent.signals]),
    fallback: agent.fallback,
    auditFallback: agent.auditFallback,
    overrides: new Set(agent.overrides),
  };
}

/** The schema has refused a command without words. */
function nonEmpty([first = '', ...rest]: readonly string[]): [string, ...string[]] {
  return [first, ...rest];
}

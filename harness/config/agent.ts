import { constants } from 'node:os';
import { basename, relative, resolve } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { Agent, Upload } from '../model/subject.js';
import { defaultConfigFile, type MatrixConfig } from './file.js';
import { readHostFile, readProgram } from './host-files.js';
import { ownSubject } from './own-subject.js';
import { readObjects, type SubjectObject } from './subject.js';
import { type SubjectConfig, subjectSchema } from './subject-schema.js';
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

/** Where paths of a subject start, and how errors name it. */
interface Source {
  readonly folder: string;
  readonly place: string;
}

/** Reads the subject of a configuration, or our own agent, with every file it needs. Throws UsageError. */
export async function readAgent(config: MatrixConfig, options: AgentOptions): Promise<Agent> {
  const { subject, source } = whose(config, options);
  const { folder } = subject;
  const binary = `${folder}/${basename(subject.binary)}`;
  const [program, object, files] = await Promise.all([
    readProgram(resolve(source.folder, subject.binary), {
      place: `${source.place}.binary`,
      path: binary,
      libraries: listed(subject).map((file) => resolve(source.folder, file)),
    }),
    readObject(subject, source, options.object),
    readFiles(subject, source),
  ]);
  const objectPath = `${folder}/${basename(object.identity.file)}`;
  const uploads = [...program.uploads, { path: objectPath, bytes: object.bytes, mode: 0o644 }, ...files];
  checkDistinct(uploads, source);
  return {
    identity: {
      name: subject.name,
      file: subject.binary,
      sha256: program.sha256,
      libraries: program.libraries,
    },
    object: { file: objectPath, sha256: object.identity.sha256 },
    uploads,
    paths: { binary, object: objectPath, folder },
    hooks: subject.hooks === 'object' ? hooksOf(object) : subject.hooks,
    ...commandsOf(subject),
    ...claimsOf(subject),
  };
}

/** The object that a configuration's subject loads, or our own; a path from the working folder. */
export function subjectObject(config: MatrixConfig, options: Pick<AgentOptions, 'root' | 'built' | 'folder'>): string {
  const { subject, source } = whose(config, options);
  return resolve(source.folder, subject.object);
}

function whose(
  config: MatrixConfig,
  { root, built, folder, configFile = defaultConfigFile }: Omit<AgentOptions, 'object'>,
): { subject: SubjectConfig; source: Source } {
  if (config.subject === undefined) {
    return {
      subject: subjectSchema.parse(ownSubject(relative(root, built))),
      source: { folder: root, place: 'our own agent' },
    };
  }
  return { subject: config.subject, source: { folder, place: `${configFile}: subject` } };
}

function listed({ libraries }: SubjectConfig): readonly string[] {
  return libraries === 'auto' ? [] : libraries;
}

async function readObject(subject: SubjectConfig, source: Source, other: string | null): Promise<SubjectObject> {
  try {
    const [object] = await readObjects([other ?? resolve(source.folder, subject.object)]);
    if (object !== undefined) return object;
    throw new Error('an object was read and is not there');
  } catch (error) {
    if (other !== null || !(error instanceof UsageError)) throw error;
    const { message, next = 'build it first', cause } = error;
    throw new UsageError({ message: `${source.place}.object: ${message}`, next, cause });
  }
}

function readFiles(subject: SubjectConfig, source: Source): Promise<readonly Upload[]> {
  return Promise.all(
    Object.entries(subject.files).map(async ([path, file]) => {
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
function hooksOf({ identity }: SubjectObject): readonly string[] {
  return [...new Set(identity.sections.flatMap((section) => /^lsm(?:\.s)?\/(.+)$/.exec(section)?.[1] ?? []))];
}

function commandsOf(
  subject: SubjectConfig,
): Pick<Agent, 'prepare' | 'run' | 'env' | 'spelling' | 'ready' | 'deadlines' | 'takeover' | 'reload'> {
  const { spelling, ready, deadlines, reload } = subject;
  return {
    prepare: subject.prepare.map(nonEmpty),
    run: nonEmpty(subject.run),
    env: { AEGIS_BPF_OBJ: '{object}', AEGIS_CAPABILITIES_REPORT_PATH: '{report}', ...subject.env },
    spelling: {
      mode: { enforce: '--enforce', audit: '--audit', ...spelling.mode },
      signal: { ...spelling.signal },
      fallback: { ...spelling.fallback },
      gate: { ...spelling.gate },
    },
    ready: { stream: ready.stream, pattern: new RegExp(ready.pattern) },
    deadlines: { ready: durationOf(deadlines.ready) ?? 0, stop: durationOf(deadlines.stop) ?? 0 },
    takeover: subject.takeover,
    reload: reload === null ? null : constants.signals[reload as NodeJS.Signals],
  };
}

function claimsOf(
  subject: SubjectConfig,
): Pick<Agent, 'report' | 'rules' | 'signals' | 'fallback' | 'auditFallback' | 'seams'> {
  return {
    report: subject.report ?? `${subject.folder}/capabilities.json`,
    rules: new Set(subject.rules),
    signals: new Set(['none', ...subject.signals]),
    fallback: subject.fallback,
    auditFallback: subject.auditFallback,
    seams: new Set(subject.seams),
  };
}

/** The schema has refused a command without words. */
function nonEmpty([first = '', ...rest]: readonly string[]): [string, ...string[]] {
  return [first, ...rest];
}

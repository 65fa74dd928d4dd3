import { dirname, relative, resolve } from 'node:path';
import { readAgent, subjectObject } from '../config/agent.js';
import { defaultConfigFile, type MatrixConfig } from '../config/file.js';
import { type Only, parseOnly } from '../config/only.js';
import { readObjects } from '../config/subject.js';
import { parseCount, parseDuration } from '../config/values.js';
import { packageRoot } from '../kernels/package-root.js';
import { UsageError } from '../model/errors.js';
import type { ExitCode } from '../model/exit-code.js';
import { baselineOf } from './baseline.js';
import { conduct, type Task } from './conduct.js';
import type { RunFlags } from './run-flags.js';
import { builtFile, type Surroundings } from './surroundings.js';

/** `bpf-matrix run`: loads the objects in each kernel and proves what the agent claims. */
export function run(flags: RunFlags, around: Surroundings): Promise<ExitCode> {
  return conduct(flags, around, (config) => plan(flags, config));
}

async function plan(flags: RunFlags, config: MatrixConfig): Promise<Task> {
  const asked = parseOnly('--only', flags.only);
  const silent = asked === 'all' && flags.object !== undefined && config.subject === undefined;
  const only = silent ? 'none' : asked;
  const configFile = flags.config ?? defaultConfigFile;
  const places = { root: packageRoot(), configFile, folder: dirname(configFile) };
  const files = flags.object ?? [subjectObject(config, places)];
  if (config.subject === undefined) await checkBuilt(flags, only);
  const objects = await readObjects(files.map((file) => displayed(file)));
  return {
    objects,
    agent: only === 'none' ? null : await readAgent(config, { ...places, object: oneObject(flags, only) }),
    only,
    repeat: parseCount('--repeat', flags.repeat),
    timeout: parseDuration('--timeout', flags.timeout),
    notices: silent ? [loadingOnly] : [],
    baseline: await baselineOf(flags, config),
    work: null,
  };
}

const loadingOnly =
  'only loading is judged: --object names an object, and no agent that enforces with it; name classes with --only to ' +
  'run it under our own agent, or a subject in matrix.config.json';

/** The object that the agent loads in place of its own. */
function oneObject({ object }: RunFlags, only: Only): string | null {
  if (object === undefined) return null;
  const [first, second] = object;
  if (first !== undefined && second === undefined) return first;
  throw new UsageError({
    message: `an agent loads one object, and --object names ${object.length}`,
    next: only === 'all' ? 'name one, or add --only load' : 'name one, or leave --only out',
  });
}

async function checkBuilt({ object }: RunFlags, only: Only): Promise<void> {
  const own = [
    ...(object === undefined ? ['build/aegis.bpf.o'] : []),
    ...(only === 'none' ? [] : ['build/agent/aegis-agent']),
  ];
  await Promise.all(own.map((file) => builtFile(resolve(packageRoot(), file))));
}

/** Paths below the working folder are shown relative to it. */
function displayed(file: string): string {
  const path = relative(process.cwd(), resolve(file));
  return path.startsWith('..') ? file : path;
}

// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { AgentChoice } from '../../../config/agent.js';
import type { ConfiguredObject } from '../../../config/agent-builds.js';
import { displayedPath } from '../../../config/displayed.js';
import { objectFiles } from '../../../config/object-files.js';
import { objectNotices, type ObjectFile, readObjectsOneByOne } from '../../../config/objects.js';
import type { Only } from '../../../config/only.js';
import type { Agent } from '../../../model/agent.js';
import { isFor } from '../../../model/builds.js';
import { UsageError } from '../../../model/errors.js';
import { assertBuilt } from '../../../run/guest-host.js';
import { hostTarget, type Target } from '../../../target.js';
import type { BoundProgram } from '../../architectures.js';
import { builtFile } from '../../context.js';
import type { Task } from '../../run-command.js';
import type { RunFlags } from './flags.js';

/** Each kernel has one of the builds of an agent. */
export function boundAgent({ identity, contract, target }: Agent): BoundProgram {
  const otherwise = ({ title, name }: Target): string =>
    `give what is built for ${title}, too: "builds": { "${name}": { "binary": ... } } beside its binary`;
  return { title: identity.file, target, key: contract, otherwise };
}

/** Files, folders and patterns; or what is configured. */
export async function namedObjects(
  names: readonly (string | ConfiguredObject)[],
): Promise<Pick<Task<'run'>, 'objects' | 'notices'>> {
  const configured = names.flatMap((name) => (typeof name === 'string' ? [] : [name]));
  const targets = new Map(configured.map(({ file, target }) => [displayedPath(file), target]));
  const { files, notices } = await objectFiles(
    '--object',
    names.map((name) => (typeof name === 'string' ? name : name.file)),
  );
  const objects = await readObjectsOneByOne(
    files.map((file) => displayedPath(file)),
    (file) => targets.get(file) ?? null,
  );
  return { objects, notices: [...notices, ...objectNotices(objects)] };
}

/** The object that an agent loads in place of its own, by its architecture; null for one that loads nothing here. */
export function oneObject(
  objects: readonly ObjectFile[],
  choices: readonly AgentChoice[],
  { clang }: RunFlags,
  only: Only,
): ((target: Target) => string) | null {
  if (only === 'none') return null;
  if (choices.length > 1) {
    throw new UsageError({
      message: `--object names what one agent loads, and the configuration has ${choices.length}`,
      next: 'add --only load, or name a configuration with one agent',
    });
  }
  return (target) => {
    const [first, second] = objects.filter(({ identity }) => isFor(identity, target));
    if (first !== undefined && second === undefined) return first.identity.file;
    const how = clang === undefined ? '--object names' : '--clang builds';
    const count = first === undefined ? 'none' : objects.length;
    throw new UsageError({
      message: `an agent loads one object, and ${how} ${count}${first === undefined ? ` for ${target.title}` : ''}`,
      next: only === 'all' ? 'name one, or add --only load' : 'name one, or leave --only out',
    });
  };
}

/** Our own agents, as far as they are needed. */
export async function checkBuilt(
  { object, clang }: RunFlags,
  choices: readonly AgentChoice[],
  only: Only,
  { targets, builtFor: folderOf }: { readonly targets: readonly Target[]; readonly builtFor: (one: Target) => string },
): Promise<void> {
  const owns = choices.flatMap(({ config, conventions: [{ own }] }) => (config.agent === undefined ? [own] : []));
  const needed = owns.flatMap((own) => [
    ...(object === undefined && clang === undefined ? [own.object] : []),
    ...(only === 'none' ? [] : [own.binary]),
  ]);
  if (needed.length === 0) return;
  for (const target of targets) {
    if (target !== hostTarget) await assertBuilt(target, folderOf(target));
    await Promise.all(needed.map((file) => builtFile(join(folderOf(target), file))));
  }
}

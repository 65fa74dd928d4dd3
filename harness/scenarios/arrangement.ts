// SPDX-License-Identifier: Apache-2.0
import type { Inode, InodeOf, PolicyRules } from '../contracts/contract.js';
import type { Guest } from '../guest/client.js';
import { putFile } from '../guest/files.js';
import type { CheckClass } from '../model/check.js';
import { arrangeAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { probePrograms, runProbe } from './probe.js';
import type { ClassContent, ProbeOperation, ScenarioClass } from './scenario.js';

/** A class with its files in place. */
interface ArrangedClass extends Pick<ClassContent, 'scenarios'> {
  readonly class: CheckClass;
}

/** All classes with their files in place, for one phase. */
export interface Arranged {
  readonly classes: readonly ArrangedClass[];
  readonly inode: InodeOf;
  /** Of each class, and of what shares the start. */
  readonly rules: readonly PolicyRules[];
  readonly policy: string | null;
}

/** Puts the files of all classes below `/t/<phase>` and writes the policy about them, with `more` rules. */
export async function arrangePhase(
  session: GuestSession,
  phase: string,
  wanted: readonly ScenarioClass[],
  more: readonly PolicyRules[] = [],
): Promise<Arranged> {
  const { guest } = session;
  const classes = wanted.map(({ class: name, in: content }) => ({
    class: name,
    ...content(phaseFolder(phase, name), session.target),
  }));
  await arrangeAttempts(
    guest,
    classes.flatMap((one): readonly ProbeOperation[] => [['folder', phaseFolder(phase, one.class)], ...one.arrange]),
  );
  const inode = await inodesOf(guest, classes);
  const rules = [...classes.map((one) => one.rules(inode)), ...more];
  return { classes, inode, rules, policy: session.policy(1, rules) };
}

async function inodesOf(guest: Guest, classes: readonly ClassContent[]): Promise<InodeOf> {
  const paths = [...new Set(classes.flatMap(({ inodes }) => inodes))];
  const known = new Map(await statInodes(guest, paths));
  return (path) => {
    const found = known.get(path);
    if (found === undefined) throw new Error(`scenarios: ${path} is not among the inodes of its class`);
    return found;
  };
}

/** A folder with those above it, whether or not they are there. */
export async function makeGuestFolder(guest: Guest, path: string): Promise<void> {
  await putFile(guest, `${path}/.folder`, '');
}

export function phaseFolder(phase: string, name: CheckClass): string {
  return `/t/${phase}/${name}`;
}

async function statInodes(guest: Guest, paths: readonly string[]): Promise<readonly (readonly [string, Inode])[]> {
  if (paths.length === 0) return [];
  const args = ['stat', ...paths];
  const { lines, stderr } = await runProbe(guest, { program: probePrograms.attempt, args, timeout: 10_000 });
  return paths.map((path, index) => {
    const [dev, ino] = (lines[index] ?? '').split(' ').map(Number);
    if (dev === undefined || ino === undefined || Number.isNaN(dev + ino)) {
      throw new Error(`scenarios: no inode of ${path}: ${stderr}`);
    }
    return [path, { dev, ino }];
  });
}

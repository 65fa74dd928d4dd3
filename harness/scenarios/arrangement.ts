// SPDX-License-Identifier: Apache-2.0
import type { Inode, InodeOf, PolicyRules } from '../contracts/contract.js';
import type { Guest } from '../guest/client.js';
import { putFile } from '../guest/files.js';
import type { CheckClass } from '../model/check.js';
import { arrangeAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { probePrograms, runProbe } from './probe.js';
import type { ClassContent, ScenarioClass } from './scenario.js';

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
  for (const one of classes) await makeGuestFolder(guest, phaseFolder(phase, one.class));
  await arrangeAttempts(
    guest,
    classes.flatMap((one) => one.arrange),
  );
  const inode = await inodesOf(guest, classes);
  const rules = [...classes.map((one) => one.rules(inode)), ...more];
  return { classes, inode, rules, policy: session.policy(1, rules) };
}

async function inodesOf(guest: Guest, classes: readonly ClassContent[]): Promise<InodeOf> {
  const known = new Map<string, Inode>();
  for (const path of classes.flatMap(({ inodes }) => inodes)) known.set(path, await statInode(guest, path));
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

async function statInode(guest: Guest, path: string): Promise<Inode> {
  const args = ['stat', path];
  const { lines, stderr } = await runProbe(guest, { program: probePrograms.attempt, args, timeout: 10_000 });
  const [dev, ino] = (lines[0] ?? '').split(' ').map(Number);
  if (dev === undefined || ino === undefined || Number.isNaN(dev + ino)) {
    throw new Error(`scenarios: no inode of ${path}: ${stderr}`);
  }
  return { dev, ino };
}

import type { Guest } from '../guest/client.js';
import { putFile } from '../guest/files.js';
import { run } from '../guest/process.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, ComingUp, EventPattern, LegMissing, RawEvent } from '../model/scenario-evidence.js';
import { arrange, attemptAll } from './attempts.js';
import type { Bench } from './bench.js';
import type { ClassContent, Deed, Inode, InodeOf, Scenario, ScenarioClass } from './language.js';
import { policyText } from './policy.js';
import { probePaths } from './probe.js';
import type { Asked, Started } from './subject.js';

/** A class with its files in place. */
interface ArrangedClass extends ClassContent {
  readonly class: CheckClass;
}

/** All classes with their files in place, for one phase. */
export interface Arranged {
  readonly classes: readonly ArrangedClass[];
  readonly inode: InodeOf;
  readonly policy: string;
}

/** Puts the files of all classes below `/t/<phase>` and writes the policy about them. */
export async function arrangeAll(bench: Bench, phase: string, wanted: readonly ScenarioClass[]): Promise<Arranged> {
  const { guest, agent } = bench;
  const classes = wanted.map(({ class: name, in: content }) => ({ class: name, ...content(folderOf(phase, name)) }));
  for (const one of classes) await makeFolder(guest, folderOf(phase, one.class));
  await arrange(
    guest,
    classes.flatMap((one) => one.arrange),
  );
  const known = new Map<string, Inode>();
  for (const path of classes.flatMap(({ inodes }) => inodes)) known.set(path, await statInode(guest, path));
  const inode: InodeOf = (path) => {
    const found = known.get(path);
    if (found === undefined) throw new Error(`scenarios: ${path} is not among the inodes of its class`);
    return found;
  };
  const rules = classes.map((one) => one.rules(inode));
  return { classes, inode, policy: policyText(1, rules, agent.rules) };
}

/** A folder with those above it, whether or not they are there. */
export async function makeFolder(guest: Guest, path: string): Promise<void> {
  await putFile(guest, `${path}/.folder`, '');
}

export function folderOf(phase: string, name: CheckClass): string {
  return `/t/${phase}/${name}`;
}

async function statInode(guest: Guest, path: string): Promise<Inode> {
  const { stdout, stderr } = await run(guest, { argv: [probePaths.attempt, 'stat', path], timeout: 10_000 });
  const [dev, ino] = stdout.toString().trim().split(' ').map(Number);
  if (dev === undefined || ino === undefined || Number.isNaN(dev + ino)) {
    throw new Error(`scenarios: no inode of ${path}: ${stderr.toString()}`);
  }
  return { dev, ino };
}

/** One scenario in one phase: its deed, for a denial the neighbour's, and the event that would tell of it. */
export interface Turn {
  readonly class: CheckClass;
  readonly scenario: Scenario;
  readonly deed: Attempted;
  readonly neighbour: Attempted | null;
  readonly pattern: EventPattern | null;
}

/** Does all deeds of all classes, each neighbour right after its deed. */
export async function takeTurns(bench: Bench, { classes, inode }: Arranged): Promise<readonly Turn[]> {
  const all = classes.flatMap(({ class: name, scenarios }) => scenarios.map((scenario) => ({ class: name, scenario })));
  const deeds = all.flatMap(({ scenario }): readonly Deed[] => [scenario.attempt, ...neighboursOf(scenario)]);
  const done = [...(await attemptAll(bench.guest, deeds))];
  return all.map(({ class: name, scenario }) => {
    const [deed, neighbour = null] = done.splice(0, 1 + neighboursOf(scenario).length);
    if (deed === undefined) throw new Error('scenarios: a deed without an answer');
    const pattern = scenario.kind === 'denied' ? named(scenario.event(inode), name) : null;
    return { class: name, scenario, deed, neighbour, pattern };
  });
}

/** The probe's name for whoever does a deed; a program that is executed has its own. */
const deedComm = 'deed';

function named({ type, anyOf }: EventPattern, name: CheckClass): EventPattern {
  return name === 'exec' ? { type, anyOf } : { type, anyOf: anyOf.map((fields) => ({ ...fields, comm: deedComm })) };
}

function neighboursOf(scenario: Scenario): readonly Deed[] {
  return scenario.kind === 'denied' && scenario.neighbour !== null ? [scenario.neighbour] : [];
}

/** A subject that does not come up where it should is told by itself: nothing else in its phase can be. */
export function recordNotUp(bench: Bench, scenario: string, comingUp: ComingUp): void {
  const claim = { leg: 'comes up', holds: false, expected: 'a state is announced' };
  if (comingUp.kind === 'silent') {
    const actual = `nothing within ${comingUp.ms / 1000} s`;
    bench.claim('posture', scenario, { ...claim, blames: 'AGENT_HUNG', actual });
  } else if (comingUp.kind === 'ended') {
    const blames = comingUp.status === null ? 'AGENT_DIED' : 'POSTURE_DISHONEST';
    const actual = `it gave up: ${comingUp.end}: ${comingUp.words.join(' ')}`;
    bench.claim('posture', scenario, { ...claim, blames, actual });
  }
}

/** What a phase came to: turns with their events, or why nothing of it counts. */
export type Phase = { readonly turns: readonly Turn[]; readonly events: readonly RawEvent[] } | LegMissing;

/** Starts the subject, does everything, and ends it. `during` looks at whatever else there is while it runs. */
export async function phaseWith(
  bench: Bench,
  name: string,
  asked: Asked,
  arranged: Arranged,
  during: (started: Started) => Promise<void>,
): Promise<Phase> {
  return bench.phase(name, async () => {
    const started = await bench.subject.start(asked);
    await during(started);
    if (started.comingUp.kind !== 'announced') {
      recordNotUp(bench, name, started.comingUp);
      if (started.pid !== null) await bench.end(started, name);
      return { missing: `the subject did not come up (${name})` };
    }
    const turns = await takeTurns(bench, arranged);
    const alive = await bench.end(started, name);
    if (!alive) return { missing: `the subject did not live through it (${name})` };
    return { turns, events: (await started.events()).events };
  });
}

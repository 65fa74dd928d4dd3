import type { Guest } from '../guest/client.js';
import { putFile } from '../guest/files.js';
import { run } from '../guest/process.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, ComingUp, EventPattern, NotObserved, RawEvent } from '../model/scenario-evidence.js';
import { arrange, runAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import type { ClassContent, Attempt, Inode, InodeOf, Scenario, ScenarioClass } from './language.js';
import { policyText } from './policy.js';
import { probePaths } from './probe.js';
import type { Asked, Started } from './agent-runner.js';

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
export async function arrangeAll(session: GuestSession, phase: string, wanted: readonly ScenarioClass[]): Promise<Arranged> {
  const { guest, agent } = session;
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

/** One scenario in one phase: its attempt, for a denial the neighbour's, and the event that would tell of it. */
export interface Turn {
  readonly class: CheckClass;
  readonly scenario: Scenario;
  readonly attempt: Attempted;
  readonly neighbour: Attempted | null;
  readonly pattern: EventPattern | null;
}

/** Does all attempts of all classes, each neighbour right after its attempt. */
export async function attemptScenarios(session: GuestSession, { classes, inode }: Arranged): Promise<readonly Turn[]> {
  const all = classes.flatMap(({ class: name, scenarios }) => scenarios.map((scenario) => ({ class: name, scenario })));
  const attempts = all.flatMap(({ scenario }): readonly Attempt[] => [scenario.attempt, ...neighboursOf(scenario)]);
  const done = [...(await runAttempts(session.guest, attempts))];
  return all.map(({ class: name, scenario }) => {
    const [attempt, neighbour = null] = done.splice(0, 1 + neighboursOf(scenario).length);
    if (attempt === undefined) throw new Error('scenarios: an attempt without an answer');
    const pattern = scenario.kind === 'denied' ? named(scenario.event(inode), name) : null;
    return { class: name, scenario, attempt, neighbour, pattern };
  });
}

/** The probe's name for whoever does an attempt; a program that is executed has its own. */
const attemptComm = 'attempt';

function named({ type, anyOf }: EventPattern, name: CheckClass): EventPattern {
  return name === 'exec' ? { type, anyOf } : { type, anyOf: anyOf.map((fields) => ({ ...fields, comm: attemptComm })) };
}

function neighboursOf(scenario: Scenario): readonly Attempt[] {
  return scenario.kind === 'denied' && scenario.neighbour !== null ? [scenario.neighbour] : [];
}

/** An agent that does not come up where it should is told by itself: nothing else in its phase can be. */
export function recordNotUp(session: GuestSession, scenario: string, comingUp: ComingUp): void {
  const claim = { check: 'comes up', holds: false, expected: 'a state is announced' };
  if (comingUp.kind === 'silent') {
    const actual = `nothing within ${comingUp.ms / 1000} s`;
    session.claim('posture', scenario, { ...claim, blames: 'AGENT_HUNG', actual });
  } else if (comingUp.kind === 'ended') {
    const blames = comingUp.status === null ? 'AGENT_DIED' : 'POSTURE_DISHONEST';
    const actual = `it gave up: ${comingUp.end}: ${comingUp.words.join(' ')}`;
    session.claim('posture', scenario, { ...claim, blames, actual });
  }
}

/** What a phase came to: turns with their events, or why nothing of it counts. */
export type Phase = { readonly turns: readonly Turn[]; readonly events: readonly RawEvent[] } | NotObserved;

/** Starts the agent, does everything, and ends it. `during` looks at whatever else there is while it runs. */
export async function phaseWith(
  session: GuestSession,
  name: string,
  asked: Asked,
  arranged: Arranged,
  during: (started: Started) => Promise<void>,
): Promise<Phase> {
  return session.phase(name, async () => {
    const started = await session.runner.start(asked);
    await during(started);
    if (started.comingUp.kind !== 'announced') {
      recordNotUp(session, name, started.comingUp);
      if (started.pid !== null) await session.end(started, name);
      return { missing: `the runner did not come up (${name})` };
    }
    const turns = await attemptScenarios(session, arranged);
    const alive = await session.end(started, name);
    if (!alive) return { missing: `the runner did not live through it (${name})` };
    return { turns, events: (await started.events()).events };
  });
}

import { getTextIfThere, putFile } from '../guest/files.js';
import { sendSignal, spawn, waitFor } from '../guest/process.js';
import { z } from 'zod';
import { InfraError } from '../model/errors.js';
import { runAttempt } from './attempts.js';
import type { GuestSession, ClaimParts } from './guest-session.js';
import { snapshot } from './oracle.js';
import { probePaths } from './probe.js';
import type { Asked, Started } from './agent-runner.js';

const sigterm = 15;
/** Longer than any phase; the watch is ended by a signal. */
const watchMs = 120_000;
/** Milliseconds within which a new policy must be in force. */
const reloadDeadline = 15_000;
/** policy_generation in agent_config, docs/agent.md. */
const generationOffset = 32;

const watched = z.strictObject({
  announced: z.boolean(),
  openedBefore: z.number(),
  deniedBefore: z.number(),
  openedAfter: z.number(),
  deniedAfter: z.number(),
});

export type Watched = z.output<typeof watched>;

/** Opens `path` in a tight loop until finish() is called. `promise`: from which text in which file on it is denied. */
export async function watchOpens(
  session: GuestSession,
  path: string,
  promise: { readonly file: string; readonly needle: string } | null,
): Promise<{ finish(): Promise<Watched> }> {
  const { guest } = session;
  const out = `/probe/watch-${Math.random().toString(36).slice(2)}`;
  const { file, needle } = promise ?? { file: '/dev/null', needle: '-' };
  await putFile(guest, out, '');
  const argv = [probePaths.attempt, 'watch', file, needle, path, String(watchMs)] as const;
  const pid = await spawn(guest, { argv, stdout: out });
  return {
    async finish() {
      await sendSignal(guest, pid, sigterm);
      await waitFor(guest, pid, 10_000);
      const text = (await getTextIfThere(guest, out)) ?? '';
      try {
        return watched.parse(JSON.parse(text));
      } catch (cause) {
        throw new InfraError('HARNESS', {
          message: `scenarios: the watch said ${JSON.stringify(text)}`,
          next: 'this is a fault of the harness: report it with the kernel it happened on',
          cause,
        });
      }
    },
  };
}

/** Files and rules of this proof: `held` is denied all the time, `added` only by the second policy. */
export interface RestartFiles {
  readonly held: string;
  readonly added: string;
  readonly first: string;
  readonly second: string;
}

/** A restart, and then a new policy for whichever agent runs after it; no denied open may succeed at any moment. */
export async function proveRestart(session: GuestSession, asked: Asked, files: RestartFiles): Promise<void> {
  const running = await proveTakeover(session, asked, files);
  await proveReload(session, running ?? (await session.runner.start({ ...asked, policy: files.first })), files);
}

/** A second agent takes over from a running one. Gives the second, or null where there is none. */
async function proveTakeover(session: GuestSession, asked: Asked, files: RestartFiles): Promise<Started | null> {
  const scenario = 'a restart without a gap';
  const { takeover } = session.agent;
  if (takeover === null) {
    session.notOffered('restart', scenario, 'it cannot take over');
    return null;
  }
  return session.phase(scenario, async () => {
    const first = await session.runner.start({ ...asked, policy: files.first });
    if (!(await cameUp(session, scenario, first))) return null;
    const before = await generation(session);
    const watch = await watchOpens(session, files.held, null);
    const second = await session.runner.start({ ...asked, policy: files.first, more: takeover });
    const up = await cameUp(session, scenario, second);
    const left = await first.ending();
    recordWatch(session, scenario, await watch.finish());
    claim(session, scenario, {
      check: 'the first one has left',
      blames: 'AGENT_HUNG',
      holds: left.kind === 'stopped',
      expected: 'it ends when it is taken over from',
      actual: left.kind === 'stopped' ? 'it ended' : left.kind === 'hung' ? 'it is still there' : left.end,
    });
    if (!up) return null;
    claimGeneration(session, scenario, before, await generation(session));
    return second;
  });
}

/** A new policy while it runs: the old rules hold throughout, the new one comes, a bad one changes nothing. */
async function proveReload(session: GuestSession, started: Started, files: RestartFiles): Promise<void> {
  const scenario = 'a new policy without a gap';
  const { reload } = session.agent;
  await session.phase(scenario, async () => {
    if (!(await cameUp(session, scenario, started))) return;
    if (reload === null) {
      session.notOffered('restart', scenario, 'it does not read its policy again');
    } else {
      await proveNewPolicy(session, started, { ...files, reload });
      await proveBadPolicy(session, started, files, reload);
    }
    await session.end(started, scenario);
  });
}

async function proveNewPolicy(
  session: GuestSession,
  started: Started,
  { held, added, second, reload }: RestartFiles & { readonly reload: number },
): Promise<void> {
  const scenario = 'a new policy without a gap';
  const before = await generation(session);
  const watch = await watchOpens(session, held, null);
  await putFile(session.guest, started.files.policy, second, 0o644);
  await started.signal(reload);
  const inForce = await deniedWithin(session, added, reloadDeadline);
  recordWatch(session, scenario, await watch.finish());
  claim(session, scenario, {
    check: 'the new rule',
    blames: 'ENFORCEMENT_LEAK',
    holds: inForce,
    expected: 'EPERM',
    actual: inForce ? 'EPERM' : `not denied within ${reloadDeadline / 1000} s`,
  });
  claimGeneration(session, scenario, before, await generation(session));
}

async function proveBadPolicy(session: GuestSession, started: Started, files: RestartFiles, reload: number): Promise<void> {
  const scenario = 'a policy nobody can read';
  const before = await generation(session);
  const told = (await started.events()).events.length;
  await putFile(session.guest, started.files.policy, 'version=1\n[deny_ip]\nnonsense\n', 0o644);
  await started.signal(reload);
  // It says so, or nothing: either way it has had its time.
  for (const until = performance.now() + reloadDeadline; performance.now() < until;) {
    if ((await started.events()).events.slice(told).some(({ type }) => type === 'state_change')) break;
  }
  for (const [check, path] of [
    ['the old rule', files.held],
    ['the newer rule', files.added],
  ] as const) {
    const { outcome } = await runAttempt(session.guest, ['open', path, 'r']);
    const holds = outcome.kind === 'returned' && outcome.errno === 1;
    claim(session, scenario, {
      check,
      blames: 'ENFORCEMENT_LEAK',
      holds,
      expected: 'EPERM as before',
      actual: holds ? 'EPERM' : JSON.stringify(outcome),
    });
  }
  const after = await generation(session);
  claim(session, scenario, {
    check: 'policy_generation',
    blames: 'POSTURE_DISHONEST',
    holds: before === after,
    expected: `unchanged, ${String(before)}`,
    actual: String(after),
  });
}

async function deniedWithin(session: GuestSession, path: string, ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until;) {
    const { outcome } = await runAttempt(session.guest, ['open', path, 'r']);
    if (outcome.kind === 'returned' && outcome.errno === 1) return true;
  }
  return false;
}

async function cameUp(session: GuestSession, scenario: string, started: Started): Promise<boolean> {
  const { comingUp } = started;
  claim(session, scenario, {
    check: 'the agent comes up',
    blames: comingUp.kind === 'silent' ? 'AGENT_HUNG' : 'AGENT_DIED',
    holds: comingUp.kind === 'announced',
    expected: 'a state is announced',
    actual: comingUp.kind === 'ended' ? `${comingUp.end}: ${comingUp.words.join(' ')}` : comingUp.kind,
  });
  if (comingUp.kind === 'silent') await session.end(started, scenario);
  return comingUp.kind === 'announced';
}

/** Null where there is no agent_config to be seen, or two of them. */
async function generation(session: GuestSession): Promise<bigint | null> {
  const { config } = await snapshot(session.guest);
  if (config === null || config.length < generationOffset + 8) return null;
  return Buffer.from(config).readBigUInt64LE(generationOffset);
}

function claimGeneration(session: GuestSession, scenario: string, before: bigint | null, after: bigint | null): void {
  claim(session, scenario, {
    check: 'policy_generation',
    blames: 'POSTURE_DISHONEST',
    holds: before !== null && after !== null && after > before,
    expected: `more than ${String(before)}`,
    actual: String(after),
  });
}

function recordWatch(session: GuestSession, scenario: string, seen: Watched): void {
  session.record({
    kind: 'watch',
    class: 'restart',
    environment: session.environment,
    scenario,
    blames: 'ENFORCEMENT_LEAK',
    check: 'no gap',
    announced: seen.announced,
    opened: seen.openedAfter,
    denied: seen.deniedAfter,
  });
}

function claim(session: GuestSession, scenario: string, parts: ClaimParts): void {
  session.claim('restart', scenario, parts);
}

import { getTextIfThere, putFile } from '../guest/files.js';
import { sendSignal, spawn, waitFor } from '../guest/process.js';
import { z } from 'zod';
import { InfraError } from '../model/errors.js';
import { attempt } from './attempts.js';
import type { Bench, ClaimParts } from './bench.js';
import { snapshot } from './oracle.js';
import { probePaths } from './probe.js';
import type { Asked, Started } from './subject.js';

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
  bench: Bench,
  path: string,
  promise: { readonly file: string; readonly needle: string } | null,
): Promise<{ finish(): Promise<Watched> }> {
  const { guest } = bench;
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

/** A restart, and then a new policy for whichever subject runs after it; no denied open may succeed at any moment. */
export async function proveRestart(bench: Bench, asked: Asked, files: RestartFiles): Promise<void> {
  const running = await proveTakeover(bench, asked, files);
  await proveReload(bench, running ?? (await bench.subject.start({ ...asked, policy: files.first })), files);
}

/** A second subject takes over from a running one. Gives the second, or null where there is none. */
async function proveTakeover(bench: Bench, asked: Asked, files: RestartFiles): Promise<Started | null> {
  const scenario = 'a restart without a gap';
  const { takeover } = bench.agent;
  if (takeover === null) {
    bench.notOffered('restart', scenario, 'it cannot take over');
    return null;
  }
  return bench.phase(scenario, async () => {
    const first = await bench.subject.start({ ...asked, policy: files.first });
    if (!(await cameUp(bench, scenario, first))) return null;
    const before = await generation(bench);
    const watch = await watchOpens(bench, files.held, null);
    const second = await bench.subject.start({ ...asked, policy: files.first, more: takeover });
    const up = await cameUp(bench, scenario, second);
    const left = await first.ending();
    recordWatch(bench, scenario, await watch.finish());
    claim(bench, scenario, {
      leg: 'the first one has left',
      blames: 'AGENT_HUNG',
      holds: left.kind === 'stopped',
      expected: 'it ends when it is taken over from',
      actual: left.kind === 'stopped' ? 'it ended' : left.kind === 'hung' ? 'it is still there' : left.end,
    });
    if (!up) return null;
    claimGeneration(bench, scenario, before, await generation(bench));
    return second;
  });
}

/** A new policy while it runs: the old rules hold throughout, the new one comes, a bad one changes nothing. */
async function proveReload(bench: Bench, started: Started, files: RestartFiles): Promise<void> {
  const scenario = 'a new policy without a gap';
  const { reload } = bench.agent;
  await bench.phase(scenario, async () => {
    if (!(await cameUp(bench, scenario, started))) return;
    if (reload === null) {
      bench.notOffered('restart', scenario, 'it does not read its policy again');
    } else {
      await proveNewPolicy(bench, started, { ...files, reload });
      await proveBadPolicy(bench, started, files, reload);
    }
    await bench.end(started, scenario);
  });
}

async function proveNewPolicy(
  bench: Bench,
  started: Started,
  { held, added, second, reload }: RestartFiles & { readonly reload: number },
): Promise<void> {
  const scenario = 'a new policy without a gap';
  const before = await generation(bench);
  const watch = await watchOpens(bench, held, null);
  await putFile(bench.guest, started.files.policy, second, 0o644);
  await started.signal(reload);
  const inForce = await deniedWithin(bench, added, reloadDeadline);
  recordWatch(bench, scenario, await watch.finish());
  claim(bench, scenario, {
    leg: 'the new rule',
    blames: 'ENFORCEMENT_LEAK',
    holds: inForce,
    expected: 'EPERM',
    actual: inForce ? 'EPERM' : `not denied within ${reloadDeadline / 1000} s`,
  });
  claimGeneration(bench, scenario, before, await generation(bench));
}

async function proveBadPolicy(bench: Bench, started: Started, files: RestartFiles, reload: number): Promise<void> {
  const scenario = 'a policy nobody can read';
  const before = await generation(bench);
  const told = (await started.events()).events.length;
  await putFile(bench.guest, started.files.policy, 'version=1\n[deny_ip]\nnonsense\n', 0o644);
  await started.signal(reload);
  // It says so, or nothing: either way it has had its time.
  for (const until = performance.now() + reloadDeadline; performance.now() < until;) {
    if ((await started.events()).events.slice(told).some(({ type }) => type === 'state_change')) break;
  }
  for (const [leg, path] of [
    ['the old rule', files.held],
    ['the newer rule', files.added],
  ] as const) {
    const { outcome } = await attempt(bench.guest, ['open', path, 'r']);
    const holds = outcome.kind === 'returned' && outcome.errno === 1;
    claim(bench, scenario, {
      leg,
      blames: 'ENFORCEMENT_LEAK',
      holds,
      expected: 'EPERM as before',
      actual: holds ? 'EPERM' : JSON.stringify(outcome),
    });
  }
  const after = await generation(bench);
  claim(bench, scenario, {
    leg: 'policy_generation',
    blames: 'POSTURE_DISHONEST',
    holds: before === after,
    expected: `unchanged, ${String(before)}`,
    actual: String(after),
  });
}

async function deniedWithin(bench: Bench, path: string, ms: number): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until;) {
    const { outcome } = await attempt(bench.guest, ['open', path, 'r']);
    if (outcome.kind === 'returned' && outcome.errno === 1) return true;
  }
  return false;
}

async function cameUp(bench: Bench, scenario: string, started: Started): Promise<boolean> {
  const { comingUp } = started;
  claim(bench, scenario, {
    leg: 'the subject comes up',
    blames: comingUp.kind === 'silent' ? 'AGENT_HUNG' : 'AGENT_DIED',
    holds: comingUp.kind === 'announced',
    expected: 'a state is announced',
    actual: comingUp.kind === 'ended' ? `${comingUp.end}: ${comingUp.words.join(' ')}` : comingUp.kind,
  });
  if (comingUp.kind === 'silent') await bench.end(started, scenario);
  return comingUp.kind === 'announced';
}

/** Null where there is no agent_config to be seen, or two of them. */
async function generation(bench: Bench): Promise<bigint | null> {
  const { config } = await snapshot(bench.guest);
  if (config === null || config.length < generationOffset + 8) return null;
  return Buffer.from(config).readBigUInt64LE(generationOffset);
}

function claimGeneration(bench: Bench, scenario: string, before: bigint | null, after: bigint | null): void {
  claim(bench, scenario, {
    leg: 'policy_generation',
    blames: 'POSTURE_DISHONEST',
    holds: before !== null && after !== null && after > before,
    expected: `more than ${String(before)}`,
    actual: String(after),
  });
}

function recordWatch(bench: Bench, scenario: string, seen: Watched): void {
  bench.record({
    kind: 'watch',
    class: 'restart',
    setting: bench.setting,
    scenario,
    blames: 'ENFORCEMENT_LEAK',
    leg: 'no gap',
    announced: seen.announced,
    opened: seen.openedAfter,
    denied: seen.deniedAfter,
  });
}

function claim(bench: Bench, scenario: string, parts: ClaimParts): void {
  bench.claim('restart', scenario, parts);
}

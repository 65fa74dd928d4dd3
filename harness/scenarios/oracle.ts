// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Guest } from '../guest/client.js';
import { InfraError } from '../model/errors.js';
import type { OracleSnapshot } from '../model/scenario-evidence.js';
import { exemptFolder } from './language.js';
import { probePrograms, runProbe } from './probe.js';
import type { ProbeOperation } from './scenario.js';
import { describeProcessEnd } from './process-end.js';

/*
 * The oracle: a program of its own in the guest that asks the kernel and nobody else. It runs from the exempt cgroup,
 * because a rule on bpf(2) would hold for it too.
 */

const oracleTimeout = 30_000;
/** Milliseconds within which the maps of an agent that has ended are gone, and between two polls. */
const freedWithin = 10_000;
const pollInterval = 50;
const id = z.number().int().nonnegative();

const snapshotShape = z.strictObject({
  lsm: z.string().nullable(),
  hooks: z.array(z.string()).nullable(),
  programs: z.array(z.strictObject({ id, runs: id, name: z.string(), type: z.string(), hook: z.string().nullable() })),
  links: z.array(z.strictObject({ id, type: z.string(), programId: id, hook: z.string().nullable() })),
  perf: z.array(z.strictObject({ pid: id, programId: id, tracepoint: z.string() })),
  config: z
    .string()
    .regex(/^([0-9a-f]{2})*$/)
    .nullable(),
  configs: id,
});

const logLine = z.union([
  z.strictObject({ seq: id, level: id, text: z.string() }),
  z.strictObject({ last: z.number().int() }),
]);

/** Kernel records after a sequence number, and the newest sequence number. */
export interface KernelLog {
  readonly records: readonly { readonly level: number; readonly text: string }[];
  readonly last: number;
}

/** What is loaded and attached at this moment, and what the kernel offers. */
export async function oracleSnapshot(guest: Guest): Promise<OracleSnapshot> {
  const seen = await settled(guest);
  const places = linkedPrograms(seen).map(({ hook }) => hook);
  const live = places.filter((place) => place !== null);
  return {
    lsm: seen.lsm === null ? null : seen.lsm.trim().split(','),
    offered: seen.hooks,
    live: [...new Set(live)].sort(),
    unplaced: places.length - live.length,
    tracepoints: [...new Set(seen.perf.map(({ tracepoint }) => tracepoint))].sort(),
    config: seen.configs === 1 ? seen.config : null,
  };
}

/** A program that a live link has put at an LSM hook. */
export interface LiveProgram {
  /** Null where the kernel does not say. */
  readonly hook: string | null;
  /** The first 15 letters of it. */
  readonly name: string;
  /** How often the kernel has called it since runs are counted. */
  readonly runs: number;
}

/** The programs at LSM hooks. */
export async function livePrograms(guest: Guest): Promise<readonly LiveProgram[]> {
  return linkedPrograms(await settled(guest));
}

/** From now on the kernel counts how often it calls a program. */
export const countRuns: ProbeOperation = ['write', '/proc/sys/kernel/bpf_stats_enabled', '1'];

function linkedPrograms({ links, programs }: z.output<typeof snapshotShape>): readonly LiveProgram[] {
  const byId = new Map(programs.map((program) => [program.id, program]));
  // A link says where it leads since 5.13 (kernel commit 441e8c66b23e), a program since 6.0.
  return links.flatMap(({ programId, hook }) => {
    const program = byId.get(programId);
    if (program?.type !== 'lsm') return [];
    return [{ hook: hook ?? program.hook, name: program.name, runs: program.runs }];
  });
}

/**
 * The kernel frees the maps of an agent that has ended some time later, when nobody can be in its programs any more:
 * two maps agent_config are one that is on its way out, until that has taken too long.
 */
async function settled(guest: Guest): Promise<z.output<typeof snapshotShape>> {
  const { clock } = guest;
  for (const until = clock() + freedWithin; ;) {
    const seen = parse(snapshotShape, await ask(guest, 'snapshot'));
    if (seen.configs < 2 || clock() >= until) return seen;
    await sleep(pollInterval);
  }
}

/** What the kernel itself has logged after `seq`; -1 for everything it still remembers. */
export async function oracleKernelLog(guest: Guest, seq: number): Promise<KernelLog> {
  const lines = (await ask(guest, 'kmsg', String(seq))).trimEnd().split('\n');
  const parsed = lines.map((line) => parse(logLine, line));
  const records = parsed.flatMap((line) => ('seq' in line ? [{ level: line.level, text: line.text }] : []));
  const last = parsed.find((line) => 'last' in line);
  if (last === undefined) throw unreadable(lines.at(-1) ?? '');
  return { records, last: last.last };
}

/** The records of the ring buffer `events` that its reader has not taken yet; null when there is no such map. */
export async function oracleRawRecords(guest: Guest): Promise<readonly Buffer[] | null> {
  const { end, lines, stderr: complaint, whole } = await consult(guest, 'records');
  if (complaint.includes('no ring buffer called events')) return null;
  if (end.kind !== 'exited' || end.status !== 0 || !whole) throw unreadable(`${describeProcessEnd(end)}: ${complaint}`);
  return lines.map((line) => Buffer.from(line, 'hex'));
}

async function ask(guest: Guest, ...args: readonly string[]): Promise<string> {
  const { end, lines, stderr, whole } = await consult(guest, ...args);
  if (end.kind === 'exited' && end.status === 0 && whole) return lines.join('\n');
  throw unreadable(`${describeProcessEnd(end)}: ${stderr.trim() || 'nothing on stderr'}`);
}

function consult(guest: Guest, ...args: readonly string[]) {
  return runProbe(guest, { program: probePrograms.oracle, args, cgroup: exemptFolder, timeout: oracleTimeout });
}

function parse<T>(shape: z.ZodType<T>, text: string): T {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(text, cause);
  }
}

function unreadable(text: string, cause?: unknown): InfraError {
  return new InfraError('HARNESS', {
    message: `scenarios: the oracle's answer cannot be used: ${text.slice(0, 300)}`,
    next: 'this is a fault of the harness: report it with the kernel it happened on',
    cause,
  });
}

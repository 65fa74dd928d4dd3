// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { snapshotKey } from '../../boot/snapshot/key.js';
import type { Contract, Inode } from '../../contracts/contract.js';
import { hashBytes } from '../../kernels/cache/hash.js';
import type { Agent } from '../../model/agent.js';
import type { Target } from '../../target.js';
import type { CheckClass, Environment } from '../../model/check.js';
import type { Acquaintance } from '../../scenarios/acquaintance.js';
import { isAskedApart } from '../../scenarios/class-parts.js';
import type { PickedProof } from '../../scenarios/pick.js';
import { probePrograms } from '../../scenarios/probe.js';
import type { Share } from '../../scenarios/shares.js';
import { programInPath } from '../../proc/in-path.js';
import { kernelTarget } from '../../model/kernel-name.js';
import { loaderFile } from '../guest-host.js';
import type { SessionContext } from '../context.js';
import { machineSpecOf, planLaunch } from '../launch.js';
import type { SessionPlan } from '../machine-session.js';
import { dataDigest } from './digest.js';
import { FileHashes } from './file-hashes.js';
import { sessionCode } from './session-code.js';

/*
 * All that decides what a session answers. Two sessions with the same inputs are the same question, put to the same machine
 * by the same code; what is left out here must not change an answer.
 */

/** Digests by name, so that --debug can show which of them differs from another run's. */
export interface SessionInputs {
  readonly common: Readonly<Record<string, string>>;
  /** What is tried of each class of scenarios, and on which files; its rules are in `common`, as they are everybody's. */
  readonly classes: ClassInputs;
}

/** A digest for each class. */
export type ClassInputs = Readonly<Record<string, string>>;

/** What of the context a session's answers depend on beside its machine. */
type Considered = { readonly [Name in keyof Required<SessionContext>]: 'machine' | 'load' | 'each' | 'never' };

/**
 * Where each field is considered. `machine`: by the arguments and the files QEMU is started with. `never`: where things are
 * kept, how a guest was come by (a restored one is the one that was booted), and what answers are judged by: they are judged
 * anew each time.
 */
const considered: Considered = {
  qemu: 'machine',
  qemuVersion: 'machine',
  sandbox: 'machine',
  backend: 'machine',
  lsm: 'machine',
  append: 'machine',
  memory: 'machine',
  cpus: 'machine',
  built: 'machine',
  timeout: 'each',
  objects: 'load',
  withoutCapabilities: 'load',
  programs: 'load',
  costs: 'load',
  cache: 'never',
  snapshots: 'never',
  out: 'never',
  expectations: 'never',
  proved: 'never',
  memoOf: 'never',
  signal: 'never',
  emit: 'never',
  debug: 'never',
};

/** What a session of any kind depends on. Null where it cannot be said what all of it is. */
async function commonInputs(session: SessionPlan, code: string | null): Promise<SessionInputs['common'] | null> {
  const context = { ...session.context, lsm: session.lsm };
  if (code === null || context.backend.kind !== 'qemu' || context.memoOf !== undefined) return null;
  const { kernel } = session;
  const plan = await planLaunch(session);
  const machine = await snapshotKey({
    qemu: context.qemu,
    qemuVersion: context.qemuVersion,
    spec: machineSpecOf(plan, context),
    kernelSha256: kernel.identity.imageSha256,
    initramfsSha256: plan.initramfs.sha256,
  });
  const { id, release } = kernel.identity;
  const config = kernel.files.config === null ? null : await readFile(kernel.files.config);
  return {
    code: dataDigest([code, process.version]),
    qemu: await programHash(context.qemu, hashesOf(context)),
    machine: dataDigest([machine, plan.initramfs.modules, plan.initramfs.extra, plan.initramfs.notes]),
    kernel: dataDigest({ id, release, config }),
    options: dataDigest(fieldsOf(context, 'each')),
  };
}

/** Of the session that loads the objects. */
export async function loadInputs(session: SessionPlan, code = sessionCode()): Promise<SessionInputs | null> {
  const common = await commonInputs(session, await code);
  return common && { common: { ...common, load: dataDigest(fieldsOf(session.context, 'load')) }, classes: {} };
}

/** A share of the proofs of an agent, as it is handed to its machine. */
export interface ShareQuestion {
  readonly agent: Agent;
  readonly contract: Contract;
  readonly environment: Environment;
  readonly classes: ReadonlySet<CheckClass>;
  readonly share: Share;
  /** What other machines had found out about the agent when it began. */
  readonly known: Pick<Acquaintance, 'refused' | 'hasComeUp'>;
}

/** Of a session that proves a share. */
export async function shareInputs(
  session: SessionPlan,
  question: ShareQuestion,
  code = sessionCode(),
): Promise<SessionInputs | null> {
  const common = await commonInputs(session, await code);
  const { agent, contract, environment, classes, share } = question;
  const { refused, hasComeUp } = question.known;
  if (common === null) return null;
  const target = kernelTarget(session.kernel.identity.id);
  const proofs = share.proofs.map((one) => proofAsData(one, target));
  const all = {
    ...common,
    name: dataDigest(session.name),
    agent: agentDigest(agent),
    probe: await probeDigest(session),
    question: dataDigest({ contract: contract.name, environment, classes, leads: share.leads, refused, hasComeUp }),
    proofs: dataDigest(proofs.map(({ shared }) => shared)),
  };
  return { common: all, classes: classInputs(proofs.map(({ own }) => own)) };
}

/** A class is the same where it is the same in each proof. */
function classInputs(proofs: readonly ReadonlyMap<CheckClass, unknown>[]): ClassInputs {
  const names = new Set(proofs.flatMap((own) => [...own.keys()]));
  return Object.fromEntries([...names].map((name) => [name, dataDigest(proofs.map((own) => own.get(name) ?? null))]));
}

function fieldsOf(context: SessionContext, when: 'load' | 'each'): unknown {
  return Object.fromEntries(Object.entries(context).filter(([name]) => considered[name as keyof Considered] === when));
}

/** Stands for whatever inode a path will have. */
const anyInode = (path: string): Inode => ({ dev: 0, ino: Number.parseInt(hashBytes(path).slice(0, 12), 16) });

interface ProofData {
  readonly shared: unknown;
  /** What is a class's own, of which the answers of other classes are independent. */
  readonly own: ReadonlyMap<CheckClass, readonly unknown[]>;
}

/** A class is a function of its folder, and its rules one of inodes: both are called with what stands for any. */
export function proofAsData({ proof, classes }: PickedProof, target: Target): ProofData {
  const own = new Map<CheckClass, readonly unknown[]>();
  const shared = classes.map(({ class: name, in: contentIn }) => {
    const folder = `/t/PHASE/${name}`;
    const { rules, arrange, inodes, scenarios } = contentIn(folder, target);
    const content = { arrange, inodes, scenarios };
    const isApart = isAskedApart(proof) && staysIn(folder, content);
    if (isApart) own.set(name, [...(own.get(name) ?? []), content]);
    return { name, rules: rules(anyInode), content: isApart ? null : content };
  });
  return { shared: { proof, classes: shared }, own };
}

/** Has a class no file below /t but in its folder? One that has may change what another class finds there. */
function staysIn(folder: string, content: unknown): boolean {
  const paths = JSON.stringify(content).match(/\/t\/[^"\s]*/g) ?? [];
  return paths.every((path) => path === folder || path.startsWith(`${folder}/`));
}

const agents = new WeakMap<Agent, string>();

/** Some megabytes, the same for each share of a run. */
function agentDigest(agent: Agent): string {
  const known = agents.get(agent) ?? dataDigest(agent);
  agents.set(agent, known);
  return known;
}

async function probeDigest({ context, kernel }: SessionPlan): Promise<string> {
  const files = Object.values(probePrograms).map(({ name }) => join(context.built, 'probe', name));
  const hashes = hashesOf(context);
  return dataDigest(
    await Promise.all(
      [...files, loaderFile(kernelTarget(kernel.identity.id), context.built)].map((file) => hashes.of(file)),
    ),
  );
}

/** SHA-256 of a program, by its path or found in PATH. Throws where there is none. */
async function programHash(program: string, hashes: FileHashes): Promise<string> {
  const file = program.includes('/') ? program : await programInPath(program, process.env['PATH'] ?? '');
  if (file === null) throw new Error(`there is no ${program} in PATH`);
  return hashes.of(file);
}

/** Of a run; of a session alone where nothing is kept. */
const hashesOf = ({ proved }: SessionContext): FileHashes => proved?.hashes ?? new FileHashes();

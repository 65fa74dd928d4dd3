// SPDX-License-Identifier: Apache-2.0
import { readConfig } from '../../../config/file.js';
import { conventions } from '../../../contracts/registry.js';
import {
  type KernelContext,
  type KernelRow,
  listKernels,
  lockEntry,
  offeredFlavours,
  type LockUpdate,
  openKernelContext,
  resolveKernel,
  selectCatalogKernels,
  updateLock,
} from '../../../kernels/index.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { KernelId, KernelResolution } from '../../../model/kernel.js';
import { kernelTarget } from '../../../model/kernel-name.js';
import { hostTarget } from '../../../target.js';
import { tableSpan, tableLines } from '../../../report/views/table.js';
import { targetsOf } from '../../architectures.js';
import { defaultBaseline } from '../../common-flags.js';
import type { KernelsAction, KernelsFlags } from './flags.js';
import { lockFromRun } from './lock.js';
import { openCacheFolder } from '../../cache-folder.js';
import { sayWaits } from '../../say-waits.js';
import type { CliContext } from '../../context.js';

type Action = (
  context: KernelContext,
  cli: CliContext,
  words: readonly string[],
  flags: KernelsFlags,
) => Promise<ExitCode>;

/** `kernels list|fetch|update|lock`. */
export function runKernelsCommand(
  action: KernelsAction,
  words: readonly string[],
  flags: KernelsFlags,
  cli: CliContext,
): Promise<ExitCode> {
  return withContext(flags, cli, (context) => actions[action](context, cli, words, flags));
}

async function withContext(
  flags: KernelsFlags,
  { env, stderr }: CliContext,
  work: (context: KernelContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { archives } = await readConfig(flags.config ?? null, conventions);
  const context = await openKernelContext({ env, cacheDir: await openCacheFolder(env), archives: archives ?? {} });
  for (const text of context.notices) stderr.write(`note: ${text}\n`);
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}

async function list(
  context: KernelContext,
  cli: CliContext,
  _words: readonly string[],
  flags: KernelsFlags,
): Promise<ExitCode> {
  if (flags.flavour !== undefined) return listFlavours(context, cli, flags.flavour, flags);
  const rows = await listKernels(context, everyKernel(context, flags));
  const head = ['id', 'tier', 'from', 'suite', 'version', 'lock', 'cached', 'sha256', 'package'];
  print(cli.stdout, flags.json === true, rows, [head, ...rows.map(cells)]);
  return ExitCode.ok;
}

/** All of the catalog, for the architectures that are named; where none is, for the host's, and what is locked of others. */
function everyKernel({ catalog, lock }: KernelContext, flags: Pick<KernelsFlags, 'arch'>): readonly KernelId[] {
  const all = selectCatalogKernels(['all'], catalog, [], targetsOf(flags, null));
  if (flags.arch !== undefined) return all;
  const isKnown = (id: KernelId): boolean => catalog.kernels.some((kernel) => kernel.id === id.split('/')[0]);
  const others = Object.keys(lock.kernels).filter((id) => kernelTarget(id) !== hostTarget && isKnown(id));
  return [...all, ...others.filter((id) => lockEntry(lock, id) !== null)];
}

async function listFlavours(
  context: KernelContext,
  { stdout, stderr, signal }: CliContext,
  names: string | true,
  flags: Pick<KernelsFlags, 'arch' | 'json'>,
): Promise<ExitCode> {
  const wanted = names === true ? [] : names.split(',').filter((name) => name !== '');
  const ids = selectCatalogKernels(['all'], context.catalog, [], targetsOf(flags, null));
  const { rows, missing } = await sayWaits(
    context,
    (text) => stderr.write(`${text}\n`),
    () => offeredFlavours(wanted, ids, context, signal),
  );
  const head = ['kernel', 'from', 'suite', 'version', 'package', 'archive'];
  const lines = rows.map((row) => [row.id, row.source, row.suite, row.version, row.package, row.archive]);
  print(stdout, flags.json === true, rows, [head, ...lines]);
  for (const kernel of missing) stderr.write(fetched(kernel));
  if (rows.length === 0 && missing.length === 0) stderr.write(`no archive offers ${wanted.join(', ')} of any kernel\n`);
  return rows.length > 0 && missing.length === 0 ? ExitCode.ok : ExitCode.incomplete;
}

function print(
  stdout: CliContext['stdout'],
  json: boolean,
  rows: readonly object[],
  table: readonly (readonly string[])[],
): void {
  const lines = tableLines(
    table.map((row) => row.map((text) => tableSpan(text))),
    0,
    stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
  );
  stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''));
}

function cells(row: KernelRow): readonly string[] {
  const { id, tier, source, suite, version, lock, cached, sha256 } = row;
  return [
    id,
    tier,
    source,
    suite,
    version ?? '-',
    lock,
    cached ? 'yes' : 'no',
    sha256?.slice(0, 12) ?? '-',
    row.package ?? '-',
  ];
}

async function fetch(
  context: KernelContext,
  { stdout, stderr, signal }: CliContext,
  words: readonly string[],
  flags: KernelsFlags,
): Promise<ExitCode> {
  const ids = selectCatalogKernels(words, context.catalog, [], targetsOf(flags, null));
  const all = await Promise.all(
    ids.map(async (id) => {
      const kernel = await resolveKernel(id, context, {
        signal,
        frozen: flags.frozen ?? false,
        onProgress: ({ text }) => stderr.write(`${id}: ${text}\n`),
      });
      stdout.write(fetched(kernel));
      return kernel;
    }),
  );
  return all.every(({ status }) => status === 'ready') ? ExitCode.ok : ExitCode.incomplete;
}

function fetched(kernel: KernelResolution): string {
  if (kernel.status === 'ready') {
    const { id, version, lock } = kernel.identity;
    return `${id}: ready, ${version ?? ''} (${lock})\n`;
  }
  const { id, reason, detail, tried, next } = kernel;
  return [`${id}: ${reason}: ${detail}`, ...tried.map((line) => `  tried: ${line}`), `  next: ${next}`, ''].join('\n');
}

function describeUpdate(one: LockUpdate): string {
  switch (one.kind) {
    case 'failed':
      return fetched(one.why);
    case 'unchanged':
      return [`${one.id}: ${one.to}, unchanged`, ...one.notes.map((note) => `  note: ${note}`), ''].join('\n');
    case 'updated': {
      const from = one.from === one.to ? 'written anew' : `${one.from ?? 'pending'} -> ${one.to}`;
      const line = one.from === one.to ? `${one.id}: ${one.to}, ${from}` : `${one.id}: ${from}`;
      return [line, ...one.notes.map((note) => `  note: ${note}`), ''].join('\n');
    }
  }
}

async function update(
  context: KernelContext,
  { stdout, stderr, signal }: CliContext,
  words: readonly string[],
  flags: KernelsFlags,
): Promise<ExitCode> {
  const targets = targetsOf(flags, null);
  const ids =
    words.length === 0 ? everyKernel(context, flags) : selectCatalogKernels(words, context.catalog, [], targets);
  const updates = await updateLock(ids, context, {
    signal,
    snapshot: flags.snapshot ?? true,
    onProgress: (id, { text }) => stderr.write(`${id}: ${text}\n`),
  });
  for (const one of updates) stdout.write(describeUpdate(one));
  return updates.every(({ kind }) => kind !== 'failed') ? ExitCode.ok : ExitCode.incomplete;
}

async function lock(
  context: KernelContext,
  { stdout }: CliContext,
  _words: readonly string[],
  { from = '', baseline = defaultBaseline }: KernelsFlags,
): Promise<ExitCode> {
  for (const line of await lockFromRun(from, baseline, context)) stdout.write(`${line}\n`);
  return ExitCode.ok;
}

const actions: Readonly<Record<KernelsAction, Action>> = { list, fetch, update, lock };

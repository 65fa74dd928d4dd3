// SPDX-License-Identifier: Apache-2.0
import { readConfig } from '../../../config/file.js';
import { conventions } from '../../../contracts/registry.js';
import {
  type KernelContext,
  type KernelRow,
  listKernels,
  offeredFlavours,
  type LockUpdate,
  openKernelContext,
  resolveKernel,
  selectCatalogKernels,
  updateLock,
} from '../../../kernels/index.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { KernelResolution } from '../../../model/kernel.js';
import { hostTarget } from '../../../target.js';
import { tableSpan, tableLines } from '../../../report/views/table.js';
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
  if (flags.flavour !== undefined) return listFlavours(context, cli, flags.flavour, flags.json === true);
  const rows = await listKernels(context);
  const head = ['id', 'tier', 'from', 'suite', 'version', 'lock', 'cached', 'sha256', 'package'];
  print(cli.stdout, flags.json === true, rows, [head, ...rows.map(cells)]);
  return ExitCode.ok;
}

async function listFlavours(
  context: KernelContext,
  { stdout, stderr, signal }: CliContext,
  names: string | true,
  json: boolean,
): Promise<ExitCode> {
  const wanted = names === true ? [] : names.split(',').filter((name) => name !== '');
  const { rows, missing } = await sayWaits(
    context,
    (text) => stderr.write(`${text}\n`),
    () => offeredFlavours(wanted, context, signal),
  );
  const head = ['kernel', 'from', 'suite', 'version', 'package', 'archive'];
  const lines = rows.map((row) => [row.id, row.source, row.suite, row.version, row.package, row.archive]);
  print(stdout, json, rows, [head, ...lines]);
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
  const ids = selectCatalogKernels(words, context.catalog, [], [hostTarget]);
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
  const ids = selectCatalogKernels(words.length === 0 ? ['all'] : words, context.catalog, [], [hostTarget]);
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

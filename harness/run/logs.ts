// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectEvidence } from '../model/evidence.js';
import type { KernelId } from '../model/kernel.js';
import { agentFolder, libbpfLogPath, verifierLogPath } from '../results/paths.js';
import type { SessionResult } from '../results/session.js';
import type { KeptStart } from '../scenarios/kept-start.js';

/**
 * Writes every verifier log of a session, loaded programs included, and what libbpf said of each object, under `out`.
 * What is empty makes no file.
 */
export async function writeLoadLogs(out: string, session: SessionResult): Promise<void> {
  const { asked, identity } = session;
  for (const object of session.objects) {
    for (const { program, log } of object.programs) {
      await write(join(out, verifierLogPath(identity.id, object.object, program, asked)), log);
    }
    await write(join(out, libbpfLogPath(identity.id, object.object, asked)), libbpfWords(object));
  }
}

/**
 * Keeps what an agent was given and what it wrote in one start; a file that is there already is replaced. Returns the paths,
 * relative to `out`.
 */
export async function writeStart(
  out: string,
  { kernel, machine, phase, number, files }: KeptStart & { readonly kernel: KernelId; readonly machine: string },
): Promise<readonly string[]> {
  const folder = agentFolder(kernel, machine, phase, number);
  const kept = files.filter(({ content }) => content.length > 0);
  for (const { name, content } of kept) await write(join(out, folder, name), content);
  return kept.map(({ name }) => `${folder}/${name}`);
}

async function write(path: string, text: string | Buffer): Promise<void> {
  if (text.length === 0) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** All of libbpf's warnings, under what they were about. */
function libbpfWords({ open, programs, whole, partial }: ObjectEvidence): string {
  const attached = [...(whole?.attach ?? []), ...(partial?.attach ?? [])].map(
    ([name, outcome]) => [`attach ${name}`, outcome.kind === 'failed' ? outcome.libbpf : []] as const,
  );
  const parts: readonly (readonly [about: string, lines: readonly string[]])[] = [
    ['open', open.libbpf],
    ...programs.map(({ program, libbpf }) => [`load ${program} alone`, libbpf] as const),
    ['load the whole object', whole?.libbpf ?? []],
    ['load the object without what does not load', partial?.libbpf ?? []],
    ...attached,
  ];
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([about, lines]) => `[${about}]\n${lines.join('\n')}\n`)
    .join('\n');
}

// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { hashBytes } from '../../kernels/cache/hash.js';
import { parsedJson } from '../../proc/json.js';

const file = z.strictObject({ size: z.number(), sha256: z.string() });

const body = z.strictObject({
  /** For people: `6.12, lsm=landlock,...,bpf, tcg`. */
  machine: z.string(),
  /** What the guest said first when it was frozen; a restored one must say the same. */
  hello: z.unknown(),
  memory: file,
  console: file,
});

/** What a snapshot is, beside its files. */
export type SnapshotAbout = Readonly<z.output<typeof body>>;

const sealed = z.strictObject({ body, seal: z.string() });

/** The bytes of `about.json`, with a hash over what it says. */
export function renderSnapshotAbout(about: SnapshotAbout): string {
  return `${JSON.stringify({ body: about, seal: sealOf(about) })}\n`;
}

/** Reads them back; null for anything that was changed or cut since. */
export function parseSnapshotAbout(text: string): SnapshotAbout | null {
  const parsed = sealed.safeParse(parsedJson(text));
  return parsed.success && parsed.data.seal === sealOf(parsed.data.body) ? parsed.data.body : null;
}

function sealOf({ machine, hello, memory, console }: SnapshotAbout): string {
  return hashBytes(JSON.stringify([machine, hello, memory, console]));
}

// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hashBytes } from '../kernels/cache/hash.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { readRegularText } from '../proc/regular-file.js';
import { parsedJson } from '../proc/json.js';

/** What a proof of KVM came to. */
export interface KvmProof {
  /** Why KVM is of no use; null when a kernel booted under it. */
  readonly obstacle: string | null;
  /** Nothing came in time: a host that was busy for a moment looks the same as one that never will. */
  readonly silent: boolean;
}

/** Remembers the proof for as long as it can be believed. */
export interface KvmMemo {
  readonly recall: () => Promise<KvmProof | null>;
  readonly remember: (proof: KvmProof) => Promise<void>;
}

/** What a proof belongs to, besides this boot of the host. */
export interface KvmMemoOptions {
  readonly cacheDir: string;
  readonly qemu: string;
  readonly qemuVersion: string;
  readonly kernelSha256: string;
  /** Replaced in tests: the host's boot, and milliseconds since 1970. */
  readonly bootId?: string;
  readonly now?: () => number;
}

/** Milliseconds a silent failure is believed; any other proof holds until the host boots again. */
const silentFor = 3600_000;

/** Proofs kept at a time: one a kernel and QEMU, so that runs of different kernels do not forget each other's. */
const kept = 32;

const schema = z.strictObject({
  proofs: z.array(
    z.strictObject({ key: z.string(), obstacle: z.string().nullable(), silent: z.boolean(), at: z.number() }),
  ),
});
type Stored = z.infer<typeof schema>['proofs'][number];

/** The last proofs, in one file of the cache folder. A file that cannot be read or written only costs the proof. */
export async function kvmMemo(options: KvmMemoOptions): Promise<KvmMemo> {
  const { cacheDir, qemu, qemuVersion, kernelSha256, now = Date.now } = options;
  const path = join(cacheDir, 'kvm.json');
  const bootId = options.bootId ?? (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''));
  const key = hashBytes(JSON.stringify([bootId, qemu, qemuVersion, kernelSha256]));
  return {
    recall: async () => {
      const known = (await readProofs(path)).find((proof) => proof.key === key);
      if (known === undefined || bootId === '') return null;
      const { obstacle, silent, at } = known;
      return silent && Math.abs(now() - at) > silentFor ? null : { obstacle, silent };
    },
    remember: async ({ obstacle, silent }) => {
      const others = (await readProofs(path)).filter((proof) => proof.key !== key);
      const proofs = [{ key, obstacle, silent, at: now() }, ...others].slice(0, kept);
      await writeFileAtomic(path, `${JSON.stringify({ proofs })}\n`).catch(() => undefined);
    },
  };
}

/** The newest first. */
async function readProofs(path: string): Promise<readonly Stored[]> {
  const stored = schema.safeParse(parsedJson(await readRegularText(path).catch(() => '')));
  return stored.success ? stored.data.proofs : [];
}

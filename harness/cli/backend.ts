// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Backend } from '../boot/backend.js';
import { packageRoot } from '../kernels/package-root.js';
import { vngVersion } from '../run/vng.js';
import type { backends } from './common-flags.js';
import { builtFile, type CliContext } from './context.js';

/** What --backend names. Throws InfraError when vng is missing or too old. */
export async function backendFromFlags(
  kind: (typeof backends)[number],
  { env, signal }: Pick<CliContext, 'env' | 'signal'>,
): Promise<Backend> {
  if (kind === 'qemu') return { kind };
  const vng = env['BPF_MATRIX_VNG'] ?? 'vng';
  const version = await vngVersion(vng, signal);
  return { kind, vng, version, wrapper: await builtFile(join(packageRoot(), 'scripts/vng-qemu')) };
}

/** What whoever chooses a backend has to know. */
export function backendNotices({ kind }: Backend): readonly string[] {
  if (kind === 'qemu') return [];
  return [
    'virtme-ng shares the root of this host with each machine, read-only: root in a guest can read every file that you can ' +
      '(docs/virtme-ng.md)',
  ];
}

// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';
import { invocation } from '../model/invocation.js';
import type { KernelId, UnavailableKernel } from '../model/kernel.js';
import type { UnavailableReason } from '../model/verdict.js';
import { archiveVariable, families, type Family } from './families.js';
import { expiredVariable } from './settings.js';
import type { ToolMissingError } from './tool.js';

/** A reason that lies with where kernels come from. */
export type ArchiveReason = Exclude<UnavailableReason, 'NOT_RUN'>;

/** What the reader can do about each reason. */
function nextStep(reason: ArchiveReason, id: KernelId, family: Family): string {
  const variable = archiveVariable(family, 'Archive');
  const file = `--kernel-image ${id}=FILE`;
  switch (reason) {
    case 'ARCHIVE_UNREACHABLE':
      return `Set ${variable} to a mirror that this host reaches, or give a kernel of your own with ${file}.`;
    case 'ARCHIVE_UNTRUSTED':
      return `Use an archive signed by ${families[family].title}, or name its keyring in ${archiveVariable(family, 'Keyring')}.`;
    case 'ARCHIVE_EXPIRED':
      return `Name a mirror that is up to date with ${variable}, or set this host's clock; ${expiredVariable}=1 believes an old index, and every report says so.`;
    case 'ARCHIVE_NOT_ASKED':
      return `Set ${variable} to a mirror of your own, or give a kernel of your own with ${file}.`;
    case 'SERIES_NOT_OFFERED':
      return `Set ${variable} to an archive that has this series, or give a kernel of your own with ${file}.`;
    case 'LOCK_DRIFT_REFUSED':
      return `Run without --frozen to take the newest of the same series, or \`${invocation} kernels update ${id}\`.`;
    case 'LOCK_CHANGED':
      return `Name another archive with ${variable}; where the packages were meant to change, \`${invocation} kernels update ${id}\` takes them, to be reviewed with the lock.`;
    case 'PACKAGE_DAMAGED':
      return `Try again, set ${variable} to another mirror, or give a kernel of your own with ${file}.`;
    case 'CACHE_UNUSABLE':
      return 'Make room, or set XDG_CACHE_HOME to a folder that can be written.';
    case 'TOOL_MISSING':
      return 'Install what is missing.';
    default:
      return assertNever(reason);
  }
}

export function unavailableKernel(
  kernel: { readonly id: KernelId; readonly family: Family },
  reason: ArchiveReason,
  detail: string,
  tried: readonly string[],
): UnavailableKernel {
  const next = nextStep(reason, kernel.id, kernel.family);
  return { status: 'unavailable', id: kernel.id, source: kernel.family, reason, detail, tried, next };
}

export function toolMissing(
  kernel: { readonly id: KernelId; readonly family: Family },
  error: ToolMissingError,
  tried: readonly string[],
): UnavailableKernel {
  const next = `Install it: sudo apt-get install ${error.package_}`;
  return { ...unavailableKernel(kernel, 'TOOL_MISSING', error.message, [...tried, ...error.tried]), next };
}

// SPDX-License-Identifier: Apache-2.0
import type { UnavailableKernel } from '../model/kernel.js';
import { everyFlavour } from '../model/kernel-name.js';
import type { CatalogKernel } from './catalog.js';
import { families } from './families.js';
import type { Answer, FailureKind, Offer } from './providers/provider.js';
import { mirrorsVariable, passedOverNote } from './settings.js';
import { type ArchiveReason, unavailableKernel } from './unavailable.js';

/** Names the one reason why a kernel could not be had, the most important first; `tried` has all of them. */
export function whyNot(
  kernel: CatalogKernel,
  answers: readonly Answer<Offer>[],
  fetchFailures: readonly FailureKind[],
  tried: readonly string[],
  isPending = false,
): UnavailableKernel {
  const reason = reasonOf(answers, fetchFailures);
  const isBusy = [...fetchFailures, ...answers.flatMap((answer) => answer.failures)].includes('busy');
  const busy = reason === 'ARCHIVE_UNREACHABLE' && isBusy ? `; ${busyWords}` : '';
  const found = unavailableKernel(kernel, reason, `${detailOf(kernel, reason)}${busy}${pendingNote(isPending)}`, tried);
  return withPassedOver(found, answers);
}

function pendingNote(isPending: boolean): string {
  return isPending ? '; it is pending: kernels/lock.json has no version of it yet' : '';
}

/** What public archives may have had, where they were not to be asked, and how they would be. */
export function withPassedOver(kernel: UnavailableKernel, answers: readonly Answer<Offer>[]): UnavailableKernel {
  if (!answers.some(({ failures }) => failures.includes('not-asked'))) return kernel;
  const detail = `${kernel.detail}; public ones are ${passedOverNote}`;
  return { ...kernel, detail, next: `${kernel.next} ${mirrorsVariable}=public asks public archives too.` };
}

/** Later it may be had with nothing changed. */
const busyWords = 'a server limits its callers (429) or has failed (5xx), so that it may be had later';

function reasonOf(answers: readonly Answer<Offer>[], fetchFailures: readonly FailureKind[]): ArchiveReason {
  if (fetchFailures.includes('damaged')) return 'PACKAGE_DAMAGED';
  if (fetchFailures.includes('untrusted')) return 'ARCHIVE_UNTRUSTED';
  if (fetchFailures.length > 0) return 'ARCHIVE_UNREACHABLE';
  const failures = answers.flatMap((answer) => answer.failures);
  if (failures.includes('untrusted')) return 'ARCHIVE_UNTRUSTED';
  if (failures.includes('expired')) return 'ARCHIVE_EXPIRED';
  // Only an archive that was read to its end can say that it has no such kernel.
  const complete = answers.some((answer) => answer.read > 0 && answer.failures.every((kind) => kind === 'absent'));
  if (complete) return 'SERIES_NOT_OFFERED';
  return isOnlyNotAsked(failures) ? 'ARCHIVE_NOT_ASKED' : 'ARCHIVE_UNREACHABLE';
}

/** Has nobody failed, and nobody said all that may be said, because who is left was not asked. */
export function isOnlyNotAsked(failures: readonly FailureKind[]): boolean {
  return failures.includes('not-asked') && failures.every((kind) => kind === 'not-asked' || kind === 'absent');
}

function detailOf(kernel: CatalogKernel, reason: ArchiveReason): string {
  const series = kernel.series === null ? 'a kernel' : `a ${kernel.series} kernel`;
  const isNamed = kernel.flavour !== null && kernel.flavour !== everyFlavour;
  const what = `${series}${isNamed ? ` of flavour ${kernel.flavour}` : ''}`;
  const where = `${families[kernel.family].title}'s ${kernel.suites.join(', ')}`;
  const words: Partial<Record<ArchiveReason, string>> = {
    PACKAGE_DAMAGED: `${what} of ${where} arrived damaged`,
    ARCHIVE_UNTRUSTED: `an archive with ${where} is not signed by a key that is trusted, or is too old`,
    ARCHIVE_EXPIRED: `an archive with ${where} has an index that is too old to be believed, or of tomorrow`,
    SERIES_NOT_OFFERED: `no archive offers ${what} in ${where}`,
    ARCHIVE_NOT_ASKED: `no archive with ${where} is among those of this host`,
    ARCHIVE_UNREACHABLE: `no archive with ${where} could be read`,
  };
  return words[reason] ?? reason;
}

// SPDX-License-Identifier: Apache-2.0
import type { Target } from '../../../target.js';
import { families } from '../../families.js';
import type { AptFamily } from './family.js';

/** What people call the flavour that has no name of its own in some families. */
const plain = 'generic';

/** How releases of a flavour end: Debian's `cloud` in `cloud-amd64`, its `generic` in `amd64`, Ubuntu's `aws` in `aws`. */
function endingOf(family: AptFamily, flavour: string, target: Target): string {
  const { plain: plainEnding, named } = families[family].flavours;
  const template = flavour === plain ? plainEnding : named;
  return template.replace('<FLAVOUR>', flavour).replace('<ARCH>', target.debArchitecture);
}

/**
 * The flavour that a release's name ends in, as people say it: `cloud` of `6.12.117+deb13-cloud-amd64`. Null for one
 * without, or of another architecture.
 */
export function flavourOf(family: AptFamily, release: string, target: Target): string | null {
  // `6.8.0-31-generic-64k`: parts that begin with a digit are of the version, as is that of a release candidate.
  const ending = /^\d[^-]*(?:-(?:\d|rc\d)[^-]*)*-([a-z].*)$/.exec(release)?.[1];
  if (ending === undefined) return null;
  if (ending === endingOf(family, plain, target)) return plain;
  const [before = '', after = ''] = endingOf(family, '\0', target).split('\0');
  const isNamed = ending.length > before.length + after.length && ending.startsWith(before) && ending.endsWith(after);
  return isNamed ? ending.slice(before.length, ending.length - after.length) : null;
}

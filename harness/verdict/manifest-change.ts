// SPDX-License-Identifier: Apache-2.0
import type { ChangeKind, ManifestChange } from '../model/manifest.js';

/** What was asked. Of a `part`, rows of the baseline that were not asked about are no news. */
export type Scope = 'whole' | 'part';

export function manifestChange(kind: ChangeKind, item: string, before: string, now: string): ManifestChange {
  return { kind, item, before, now };
}

/** Something that ran, and of which the baseline says nothing: never a pass. */
export function manifestNoRow(item: string, now: string): ManifestChange {
  return manifestChange('MANIFEST_NO_BASELINE', item, 'no row', now);
}

// SPDX-License-Identifier: Apache-2.0
import { families, type Family, familyNames, type FamilyOf, type ProviderName } from '../families.js';
import { aptProvider } from './apt/provider.js';
import type { ArchiveProvider } from './provider.js';
import { rpmProvider } from './rpm/provider.js';

const providers: { readonly [P in ProviderName]: ArchiveProvider<FamilyOf<P>> } = {
  apt: aptProvider,
  rpm: rpmProvider,
};

/** Each family's, as its row names it. */
const ofFamily = Object.fromEntries(familyNames.map((family) => [family, providers[families[family].provider]])) as {
  readonly [F in Family]: ArchiveProvider<F>;
};

/** The provider that a family's row names. */
export function providerOf<F extends Family>(family: F): ArchiveProvider<F> {
  return ofFamily[family];
}

import { families, type Family, type FamilyOf, type ProviderName } from '../families.js';
import { aptProvider } from './apt/provider.js';
import type { ArchiveProvider } from './provider.js';

const providers: { readonly [P in ProviderName]: ArchiveProvider<FamilyOf<P>> } = { apt: aptProvider };

/** The provider that a family's row names. */
export function providerOf<F extends Family>(family: F): ArchiveProvider<F> {
  return providers[families[family].provider];
}

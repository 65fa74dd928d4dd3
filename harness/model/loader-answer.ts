// SPDX-License-Identifier: Apache-2.0

/**
 * What another loader made of one program. `absent`: it did not come to it. `message` is its own; `errno` is null where it
 * does not say.
 */
export type LoaderAnswer =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'refused'; readonly errno: number | null; readonly message: string }
  | { readonly kind: 'absent'; readonly message: string };

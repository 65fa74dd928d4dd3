// SPDX-License-Identifier: Apache-2.0
/** Names of the contracts, the default one first, for whoever needs no more of them: `contracts/registry.ts` has the rest. */
export const contractNames = ['aegis', 'audit'] as const;

// SPDX-License-Identifier: Apache-2.0
/** Where the neighbours' server listens, on every address of the guest, TCP and UDP. */
export const servedPorts = [80, 81, 82, 84, 86, 90, 91] as const;

/** A module of the guest's very kernel, as the initramfs carries it. */
export const realModule = '/modules/extra/dummy.ko';

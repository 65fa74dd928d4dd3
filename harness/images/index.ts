// SPDX-License-Identifier: Apache-2.0
/** The guest's root file system. */
export { buildInitramfs, type Initramfs, type InitramfsRequest } from './initramfs.js';

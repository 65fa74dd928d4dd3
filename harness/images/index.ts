// SPDX-License-Identifier: Apache-2.0
/** The guest's root file system. */
export { withMissingModules } from './missing-modules.js';
export { buildInitramfs, type Initramfs, type InitramfsRequest } from './initramfs.js';

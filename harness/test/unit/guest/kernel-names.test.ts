// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { probedFunction } from '../../../guest/kernel-names.js';

it.each([
  ['kprobe/vfs_read', 'vfs_read'],
  ['?kretprobe/vfs_read', 'vfs_read'],
  ['kprobe/vfs_read+0x10', 'vfs_read'],
  ['kprobe/f.isra.0', 'f.isra.0'],
  ['kprobe.multi/tcp_*', null],
  ['kprobe.multi/tcp_close', null],
  ['ksyscall/openat', null],
  ['uprobe//bin/sh:main', null],
  ['lsm/file_open', null],
  ['kprobe', null],
])('%s probes %s', (section, name) => {
  expect(probedFunction(section)).toBe(name);
});

// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { programSections, readBpfElf } from '../../config/elf.js';

const lsm = [
  ...['socket_connect', 'socket_bind', 'socket_listen', 'socket_accept', 'socket_sendmsg', 'socket_recvmsg'],
  ...['file_open', 'inode_permission', 'inode_copy_up', 'inode_rename', 'inode_unlink', 'inode_link'],
  ...['bprm_check_security', 'mmap_file'],
  ...['ptrace_access_check', 'kernel_read_file', 'kernel_load_data', 'locked_down', 'bpf'],
];
const tracepoints = [
  ...['sys_enter_connect', 'sys_enter_sendto'].map((name) => `syscalls/${name}`),
  ...['sys_enter_open', 'sys_enter_openat', 'sys_enter_openat2', 'sys_enter_execve'].map((name) => `syscalls/${name}`),
  ...['sched_process_fork', 'sched_process_exit'].map((name) => `sched/${name}`),
];

/** That each of them loads and attaches on every kernel is what matrix.test.ts shows. */
describe('the enforcement object', () => {
  it('has every program of the contract, and none of them is optional', async () => {
    const sections = programSections(readBpfElf(await readFile('build/aegis.bpf.o'))).map(({ name }) => name);
    const contract = [...lsm.map((hook) => `lsm/${hook}`), ...tracepoints.map((name) => `tracepoint/${name}`)];
    expect(contract.filter((section) => !sections.includes(section))).toEqual([]);
    expect(sections.filter((section) => section.startsWith('?'))).toEqual([]);
  });
});

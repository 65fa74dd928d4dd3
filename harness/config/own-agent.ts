import type { AgentInput } from './agent-schema.js';

/**
 * Our own agent (bpf/agent), said as another team says theirs; `built` is where it was built, and its paths are relative
 * to what that is relative to. The hooks are written out: taken from the object, a program that is missing there would
 * not be missed.
 */
export const ownAgent = (built: string): AgentInput => ({
  name: 'aegis-agent',
  object: `${built}/aegis.bpf.o`,
  binary: `${built}/agent/aegis-agent`,
  folder: '/aegis',
  hooks: [
    'socket_connect',
    'socket_bind',
    'socket_listen',
    'socket_accept',
    'socket_sendmsg',
    'socket_recvmsg',
    'file_open',
    'inode_permission',
    'bprm_check_security',
    'mmap_file',
    'ptrace_access_check',
    'ptrace_traceme',
    'kernel_read_file',
    'kernel_load_data',
    'locked_down',
    'bpf',
    'inode_copy_up',
    'inode_rename',
    'inode_unlink',
    'inode_link',
  ],
  takeover: ['--takeover'],
  reload: 'SIGHUP',
});

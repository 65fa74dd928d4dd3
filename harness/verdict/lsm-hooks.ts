/**
 * LSM hooks (`bpf_lsm_<hook>`) that are in the BTF of every kernel from 5.10 to 7.2: read from the cloud images of 5.10,
 * 6.1, 6.12, 6.16, 6.17, 6.18 and 7.2. A kernel has more; those are not offered to anyone, because not every kernel has
 * them.
 */
const hooks = `
  audit_rule_free audit_rule_init audit_rule_known audit_rule_match binder_set_context_mgr binder_transaction
  binder_transfer_binder binder_transfer_file bpf bpf_map bpf_prog bprm_check_security bprm_committed_creds
  bprm_committing_creds bprm_creds_for_exec bprm_creds_from_file capable capget capset cred_alloc_blank cred_free
  cred_getsecid cred_prepare cred_transfer d_instantiate dentry_create_files_as dentry_init_security
  file_alloc_security file_fcntl file_free_security file_ioctl file_lock file_mprotect file_open file_permission
  file_receive file_send_sigiotask file_set_fowner fs_context_dup fs_context_parse_param getprocattr
  ib_alloc_security ib_endport_manage_subnet ib_pkey_access inet_conn_established inet_conn_request inet_csk_clone
  inode_alloc_security inode_copy_up inode_copy_up_xattr inode_create inode_follow_link inode_free_security
  inode_getattr inode_getsecctx inode_getsecurity inode_getxattr inode_init_security inode_invalidate_secctx
  inode_killpriv inode_link inode_listsecurity inode_listxattr inode_mkdir inode_mknod inode_need_killpriv
  inode_notifysecctx inode_permission inode_post_setxattr inode_readlink inode_removexattr inode_rename inode_rmdir
  inode_setattr inode_setsecctx inode_setsecurity inode_setxattr inode_symlink inode_unlink ipc_permission
  ismaclabel kernel_act_as kernel_create_files_as kernel_load_data kernel_module_request kernel_post_load_data
  kernel_post_read_file kernel_read_file kernfs_init_security key_alloc key_getsecurity key_permission locked_down
  mmap_addr mmap_file move_mount msg_msg_alloc_security msg_msg_free_security msg_queue_alloc_security
  msg_queue_associate msg_queue_free_security msg_queue_msgctl msg_queue_msgrcv msg_queue_msgsnd netlink_send
  path_chmod path_chown path_chroot path_link path_mkdir path_mknod path_notify path_rename path_rmdir path_symlink
  path_truncate path_unlink perf_event_alloc perf_event_open perf_event_read perf_event_write ptrace_access_check
  ptrace_traceme quota_on quotactl release_secctx req_classify_flow sb_alloc_security sb_clone_mnt_opts
  sb_eat_lsm_opts sb_free_mnt_opts sb_free_security sb_kern_mount sb_mount sb_pivotroot sb_remount sb_set_mnt_opts
  sb_show_options sb_statfs sb_umount sctp_assoc_request sctp_bind_connect sctp_sk_clone secctx_to_secid
  secid_to_secctx secmark_refcount_dec secmark_refcount_inc secmark_relabel_packet sem_alloc_security sem_associate
  sem_free_security sem_semctl sem_semop setprocattr settime shm_alloc_security shm_associate shm_free_security
  shm_shmat shm_shmctl sk_alloc_security sk_clone_security sk_free_security sk_getsecid sock_graft socket_accept
  socket_bind socket_connect socket_create socket_getpeername socket_getpeersec_dgram socket_getpeersec_stream
  socket_getsockname socket_getsockopt socket_listen socket_post_create socket_recvmsg socket_sendmsg
  socket_setsockopt socket_shutdown socket_sock_rcv_skb socket_socketpair syslog task_alloc task_fix_setgid
  task_fix_setuid task_free task_getioprio task_getpgid task_getscheduler task_getsid task_kill task_movememory
  task_prctl task_prlimit task_setioprio task_setnice task_setpgid task_setrlimit task_setscheduler task_to_inode
  tun_dev_alloc_security tun_dev_attach tun_dev_attach_queue tun_dev_create tun_dev_open unix_may_send
  unix_stream_connect vm_enough_memory xfrm_decode_session xfrm_policy_alloc_security xfrm_policy_clone_security
  xfrm_policy_delete_security xfrm_policy_free_security xfrm_policy_lookup xfrm_state_alloc xfrm_state_alloc_acquire
  xfrm_state_delete_security xfrm_state_free_security xfrm_state_pol_flow_match
`
  .trim()
  .split(/\s+/);

const words = (hook: string): string => hook.split('_').sort().join('_');

/** The names most like `name`, nearest first, at most three; none where nothing is alike. */
export function nearestHooks(name: string): readonly string[] {
  const limit = Math.max(1, Math.floor(name.length / 4));
  return hooks
    .map((hook) => ({ hook, distance: Math.min(editDistance(name, hook), swapped(name, hook)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.hook < b.hook ? -1 : 1))
    .slice(0, 3)
    .map(({ hook }) => hook);
}

/** `file_mmap` is one slip away from `mmap_file`, however many letters have moved. */
function swapped(name: string, hook: string): number {
  return 1 + editDistance(words(name), words(hook));
}

/** Levenshtein's distance: letters put in, left out or changed. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

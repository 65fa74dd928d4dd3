/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Every map of the object. Hash maps are preallocated because the tracepoint programs read them
 * too: 5.15 warns in the kernel log about a tracing program with a run-time allocated map. The
 * agent sizes the rule maps to its policy before it loads the object; the sizes here serve a loader
 * that knows nothing of policies.
 */
#ifndef AEGIS_MAPS_BPF_H
#define AEGIS_MAPS_BPF_H

#include <bpf/bpf_helpers.h>
#include "aegis_abi.h"

/* A process for ever: its number is used again, with its start it is not. */
struct process_key {
	__u32 tgid;
	__u32 pad;
	__u64 start_time;
};

struct violations {
	__u64 window_start_ns;
	__u32 count;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct agent_config);
} agent_config SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

/* Events that found the ring buffer full, by index 0. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} events_lost SEC(".maps");

/* Cgroups that nothing is denied, by cgroup id; exactly these, not their children. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, __u8);
} allow_cgroup SEC(".maps");

/* Files no rule may take from the machine: init, the loader, the agent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, struct aegis_inode);
	__type(value, __u8);
} survival SEC(".maps");

/* Value: AEGIS_INODE_* bits. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct aegis_inode);
	__type(value, __u32);
} deny_inode SEC(".maps");

/* Value: AEGIS_INODE_* bits, and AEGIS_PATH_PENDING while the path leads to no inode. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, struct aegis_path);
	__type(value, __u32);
} deny_path SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct aegis_addr);
	__type(value, __u8);
} deny_ip SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct aegis_cidr);
	__type(value, __u8);
} deny_cidr SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct aegis_ip_port);
	__type(value, __u8);
} deny_ip_port SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct aegis_port);
	__type(value, __u8);
} deny_port SEC(".maps");

/* Offences of a process on the LSM side, for the escalation from TERM to KILL. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct process_key);
	__type(value, struct violations);
} violations SEC(".maps");

/* Who forked a process, by thread group: still true after its parent has died and init has adopted
 * it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, __u32);
} forked_by SEC(".maps");

/* Threads whose running system call was judged at its entry, so that its exit does not judge it
 * again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u8);
} judged_at_entry SEC(".maps");

#endif

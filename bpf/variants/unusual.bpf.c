// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Everything that other people's objects have and a loader may stumble over: a program name of more
 * than 15 characters, two programs alike in their first 15, an optional program for a hook that is
 * not there, a type that only its own loader can attach, maps sized at run time, global data, a
 * shared subprogram.
 */
#include "variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 0);
	__type(key, __u64);
	__type(value, __u64);
} sized_by_the_agent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 0);
} ring_sized_by_the_agent SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 0);
	__type(key, __u32);
	__type(value, __u32);
} one_per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__type(key, __u32);
} traces_sized_by_the_agent SEC(".maps");

const volatile int knob = 1;
__u64 counter;

static __noinline int shared(__u64 key)
{
	__u64 *value = bpf_map_lookup_elem(&sized_by_the_agent, &key);

	return value ? (int)*value & 1 : 0;
}

SEC("lsm/file_open")
int BPF_PROG(a_program_with_a_long_name_one, void *file, int ret)
{
	__sync_fetch_and_add(&counter, 1);
	return knob && shared(1) ? ret : 0;
}

SEC("lsm/socket_connect")
int BPF_PROG(a_program_with_a_long_name_two, void *sock, void *address, int addrlen, int ret)
{
	__u64 *record = bpf_ringbuf_reserve(&ring_sized_by_the_agent, sizeof(*record), 0);

	if (record)
		bpf_ringbuf_discard(record, 0);
	return ret;
}

SEC("?lsm/a_hook_of_tomorrow")
int BPF_PROG(optional_program, void *file, int ret)
{
	return ret;
}

SEC("action")
int without_a_place(void *ctx)
{
	return 0;
}

SEC("tp/syscalls/sys_enter_openat")
int perf_user(void *ctx)
{
	__u32 zero = 0;

	bpf_perf_event_output(ctx, &one_per_cpu, BPF_F_CURRENT_CPU, &zero, sizeof(zero));
	return 0;
}

SEC("kprobe/do_sys_openat2")
int stack_user(void *ctx)
{
	return bpf_get_stackid(ctx, &traces_sized_by_the_agent, 0) < 0;
}

// SPDX-License-Identifier: Apache-2.0
/* What is not a link: entries of maps, filters of tc, options of sockets, perf events. */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "attach_how.h"
#include "trace.h"
#include "warnings.h"

/* The new map with one entry under key 0, or -1 with errno. */
static int map_with(enum bpf_map_type type, const void *value, uint32_t value_size)
{
	union bpf_attr attr = {
		.map_type = type, .key_size = 4, .value_size = value_size, .max_entries = 1};
	int fd = raw_bpf(BPF_MAP_CREATE, &attr, sizeof(attr));
	uint32_t key = 0;

	if (fd < 0 || !value || !bpf_map_update_elem(fd, &key, value, 0))
		return fd;
	int err = errno;

	close(fd);
	errno = err;
	return -1;
}

int attach_devmap(const struct bpf_program *prog, int place, struct hold *hold)
{
	struct bpf_devmap_val value = {.ifindex = place, .bpf_prog.fd = bpf_program__fd(prog)};

	hold->fd = map_with(BPF_MAP_TYPE_DEVMAP, &value, sizeof(value));
	return hold->fd < 0 ? errno : 0;
}

int attach_cpumap(const struct bpf_program *prog, int place, struct hold *hold)
{
	struct bpf_cpumap_val value = {.qsize = 64, .bpf_prog.fd = bpf_program__fd(prog)};

	(void)place;
	hold->fd = map_with(BPF_MAP_TYPE_CPUMAP, &value, sizeof(value));
	return hold->fd < 0 ? errno : 0;
}

/* The map lets go of the program when it goes itself. */
int attach_sockmap(const struct bpf_program *prog, int place, struct hold *hold)
{
	enum bpf_attach_type type = bpf_program__expected_attach_type(prog);

	(void)place;
	/* SEC("sk_skb") says neither which: attach type 0 is one of cgroups. */
	if (bpf_program__type(prog) == BPF_PROG_TYPE_SK_MSG)
		type = BPF_SK_MSG_VERDICT;
	else if (!type)
		type = BPF_SK_SKB_STREAM_VERDICT;
	hold->fd = map_with(BPF_MAP_TYPE_SOCKMAP, NULL, 4);
	if (hold->fd < 0)
		return errno;
	return bpf_prog_attach(bpf_program__fd(prog), hold->fd, type, 0) ? errno : 0;
}

static int attach_tcx(const struct bpf_program *prog, int place, struct hold *hold)
{
	union bpf_attr attr = {.link_create = {.prog_fd = bpf_program__fd(prog),
					       .target_fd = place,
					       .attach_type = BPF_TCX_INGRESS}};

	hold->fd = raw_bpf(BPF_LINK_CREATE, &attr, sizeof(attr));
	return hold->fd < 0 ? errno : 0;
}

int attach_tc(const struct bpf_program *prog, int place, struct hold *hold)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = place, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = bpf_program__fd(prog));
	int err = bpf_tc_hook_create(&hook);

	if (!err || err == -EEXIST)
		err = bpf_tc_attach(&hook, &opts);
	if (!err) {
		hold->ifindex = place;
		hold->tc_handle = opts.handle;
		hold->tc_priority = opts.priority;
		return 0;
	}
	/* A kernel without sch_ingress or cls_bpf may have what came after them. */
	return attach_tcx(prog, place, hold) ? -err : 0;
}

int attach_socket(const struct bpf_program *prog, int place, struct hold *hold)
{
	int prog_fd = bpf_program__fd(prog), one = 1;
	bool reuses = bpf_program__type(prog) == BPF_PROG_TYPE_SK_REUSEPORT;
	int option = reuses ? SO_ATTACH_REUSEPORT_EBPF : SO_ATTACH_BPF;

	(void)place;
	hold->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (hold->fd < 0 || setsockopt(hold->fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
		return errno;
	return setsockopt(hold->fd, SOL_SOCKET, option, &prog_fd, sizeof(prog_fd)) ? errno : 0;
}

/* Of this worker, and one tick in four seconds: it is to be attached, not to be run. */
int attach_clock(const struct bpf_program *prog, int place, struct hold *hold)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = sizeof(attr),
				       .config = PERF_COUNT_SW_CPU_CLOCK,
				       .sample_period = 4000000000ull};
	int fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	(void)place;
	if (fd < 0)
		return errno;
	hold->link = bpf_program__attach_perf_event(prog, fd);
	int err = -libbpf_get_error(hold->link);

	if (!err)
		return 0;
	hold->link = NULL;
	close(fd);
	return err;
}

static void release_tc(const struct hold *hold)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = hold->ifindex, .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = hold->tc_handle, .priority = hold->tc_priority);

	bpf_tc_detach(&hook, &opts);
}

void hold_release(struct hold *hold)
{
	if (hold->ifindex)
		release_tc(hold);
	bpf_link__destroy(hold->link);
	if (hold->fd >= 0)
		close(hold->fd);
	*hold = (struct hold){.fd = -1};
}

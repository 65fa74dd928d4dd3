// SPDX-License-Identifier: Apache-2.0
#include <bpf/btf.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "children.h"
#include "out.h"
#include "watch.h"

#define TRACEFS "/sys/kernel/tracing"
#define EVENT   "bpf_matrix/access"
/* PTRACE_MODE_ATTACH of the kernel; who only reads (/proc/PID/exe, maps) does not ask for it. */
#define ATTACH_FILTER "mode & 2"
/* A power of two: the ring of each processor. */
#define RING_PAGES 16
#define CPUS_MAX   16
/* Milliseconds for an access of our own. */
#define TRIAL_MS 5000

/* What a probe of a kernel function puts in front of its arguments. */
struct sample {
	struct perf_event_header header;
	uint32_t caller;
	uint32_t thread;
	uint32_t raw_size;
	uint8_t common[16];
	int32_t target;
	int32_t parent;
	int32_t grandparent;
	uint32_t mode;
	/* Where in the raw data the string is, and in the upper half how long. */
	uint32_t name;
} __attribute__((packed));

struct ring {
	int fd;
	struct perf_event_mmap_page *page;
};

static struct ring rings[CPUS_MAX];
static size_t nrings;

/* Bytes from the start of a structure to a member, also in one without a name; -1: no such. */
static long offset_of(const struct btf *btf, const struct btf_type *type, const char *name)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++, member++) {
		const char *own = btf__name_by_offset(btf, member->name_off);
		long at = btf_member_bit_offset(type, i) / 8;

		if (!strcmp(own, name))
			return at;
		const struct btf_type *inner = btf__type_by_id(btf, member->type);

		if (*own || !btf_is_composite(inner))
			continue;
		long below = offset_of(btf, inner, name);

		if (below >= 0)
			return at + below;
	}
	return -1;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool ok = fd >= 0 && !write_all(fd, text, strlen(text));

	if (fd >= 0)
		close(fd);
	return ok;
}

/* Since 4.20 the arguments of a function have names at its entry. */
static const char *define_event(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	int id = btf ? btf__find_by_name_kind(btf, "task_struct", BTF_KIND_STRUCT) : -1;
	const struct btf_type *task = id < 0 ? NULL : btf__type_by_id(btf, id);
	long pid = task ? offset_of(btf, task, "tgid") : -1;
	long parent = task ? offset_of(btf, task, "real_parent") : -1;
	char text[400];

	btf__free(btf);
	if (pid < 0 || parent < 0)
		return "the kernel's BTF does not describe task_struct";
	snprintf(text, sizeof(text),
		 "p:" EVENT " security_ptrace_access_check target=+%ld($arg1):s32 "
		 "parent=+%ld(+%ld($arg1)):s32 grandparent=+%ld(+%ld(+%ld($arg1))):s32 "
		 "mode=$arg2:u32 name=$comm:string\n",
		 pid, pid, parent, pid, parent, parent);
	return write_text(TRACEFS "/kprobe_events", text)
		       ? NULL
		       : "no probe of security_ptrace_access_check can be defined";
}

static long event_id(void)
{
	FILE *file = fopen(TRACEFS "/events/" EVENT "/id", "re");
	long id = -1;

	if (file && fscanf(file, "%ld", &id) != 1)
		id = -1;
	if (file)
		fclose(file);
	return id;
}

/* One processor's ring; false when there is none. */
static bool open_ring(struct ring *ring, long id, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_RAW,
		.wakeup_events = 1,
		.disabled = 1,
	};

	ring->fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (ring->fd < 0)
		return false;
	ring->page = mmap(NULL, (1 + RING_PAGES) * getpagesize(), PROT_READ | PROT_WRITE,
			  MAP_SHARED, ring->fd, 0);
	if (ring->page != MAP_FAILED &&
	    !ioctl(ring->fd, PERF_EVENT_IOC_SET_FILTER, ATTACH_FILTER) &&
	    !ioctl(ring->fd, PERF_EVENT_IOC_ENABLE, 0))
		return true;
	close(ring->fd);
	return false;
}

static const char *open_rings(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	long id = event_id();

	if (id < 0)
		return "the probe has no event";
	if (cpus > CPUS_MAX)
		return "more processors than can be watched";
	for (int cpu = 0; cpu < cpus; cpu++)
		if (open_ring(&rings[nrings], id, cpu))
			nrings++;
	return nrings ? NULL : "the event cannot be opened";
}

/* Copies out of a ring, whose end joins its start. */
static void take(const struct ring *ring, uint64_t from, void *to, size_t len)
{
	const uint8_t *data = (const uint8_t *)ring->page + getpagesize();
	size_t size = (size_t)RING_PAGES * getpagesize();

	for (size_t i = 0; i < len; i++)
		((uint8_t *)to)[i] = data[(from + i) % size];
}

static void take_name(const struct ring *ring, uint64_t from, const struct sample *sample,
		      char name[16])
{
	size_t at = offsetof(struct sample, common) + (sample->name & 0xffff);
	size_t len = sample->name >> 16 < 16 ? sample->name >> 16 : 15;

	if (at + len <= sample->header.size)
		take(ring, from + at, name, len);
	name[15] = 0;
}

/* False when the kernel says that it lost some. */
static bool drain_ring(const struct ring *ring, void (*seen)(const struct access *, void *),
		       void *arg)
{
	uint64_t head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring->page->data_tail;
	bool whole = true;

	while (tail < head) {
		struct sample sample = {0};

		take(ring, tail, &sample.header, sizeof(sample.header));
		if (!sample.header.size)
			return false;
		if (sample.header.type == PERF_RECORD_LOST)
			whole = false;
		if (sample.header.type == PERF_RECORD_SAMPLE &&
		    sample.header.size >= sizeof(sample)) {
			take(ring, tail, &sample, sizeof(sample));
			struct access access = {.caller = sample.caller,
						.target = sample.target,
						.parent = sample.parent,
						.grandparent = sample.grandparent};

			take_name(ring, tail, &sample, access.name);
			seen(&access, arg);
		}
		tail += sample.header.size;
	}
	__atomic_store_n(&ring->page->data_tail, tail, __ATOMIC_RELEASE);
	return whole;
}

/* An access of our own, among those of others. */
struct trial {
	pid_t pid;
	bool found;
	void (*seen)(const struct access *access, void *arg);
	void *arg;
};

static void tell_trial(const struct access *access, void *of)
{
	struct trial *trial = of;

	if (access->caller == trial->pid && access->target == getpid())
		trial->found = true;
	else if (trial->seen)
		trial->seen(access, trial->arg);
}

/* By a call that no hook on files can keep from asking. */
static noreturn void reach_into_parent(void)
{
	static char byte;
	struct iovec of = {.iov_base = &byte, .iov_len = 1};

	process_vm_readv(getppid(), &of, 1, &of, 1, 0);
	_exit(0);
}

/* A child reaches into this process: is that seen? All that was not lost is, when it is. */
static bool see_all(struct trial *trial)
{
	struct child_end end;
	bool whole = true;

	trial->pid = children_fork();
	if (!trial->pid)
		reach_into_parent();
	if (trial->pid > 0)
		children_wait(trial->pid, TRIAL_MS, &end);
	for (size_t i = 0; i < nrings; i++)
		whole &= drain_ring(&rings[i], tell_trial, trial);
	return whole && trial->found;
}

const char *watch_begin(void)
{
	/* The kernel of the tests' own machine is not ours to define events in. */
	if (getpid() != 1)
		return "this is not PID 1";
	const char *missing = nrings ? NULL : define_event();

	if (!missing && !nrings)
		missing = open_rings();
	if (!missing && !see_all(&(struct trial){0}))
		missing = "an access that was made is not seen";
	return missing;
}

bool watch_drain(void (*seen)(const struct access *access, void *arg), void *arg)
{
	return see_all(&(struct trial){.seen = seen, .arg = arg});
}

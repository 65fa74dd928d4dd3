// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernel_btf.h"
#include "modules.h"
#include "ops.h"
#include "power.h"
#include "resume.h"
#include "worker.h"

#define SETUP_FAILURES 32
/* Bytes of a seed: a page is more than any kernel asks for. */
#define ENTROPY_MAX 4096

static struct {
	char what[160];
	int err;
} setup_failures[SETUP_FAILURES];
static unsigned int setup_failure_count;

void note_setup_failure(const char *what, int err)
{
	if (setup_failure_count == SETUP_FAILURES)
		return;
	snprintf(setup_failures[setup_failure_count].what, sizeof(setup_failures[0].what), "%s",
		 what);
	setup_failures[setup_failure_count++].err = err;
}

void put_hello(struct out *out)
{
	struct utsname name;

	uname(&name);
	out_u64(out, F_VERSION, BPMX_VERSION);
	out_string(out, F_RELEASE, name.release);
	out_string(out, F_BUILD, name.version);
	out_string(out, F_MACHINE, name.machine);
	out_string(out, F_LIBBPF, BPMX_LIBBPF);
	for (unsigned int i = 0; i < setup_failure_count; i++) {
		size_t mark = out_open(out, F_SETUP_FAILURE);

		out_string(out, F_NAME, setup_failures[i].what);
		out_u64(out, F_ERRNO, setup_failures[i].err);
		out_close(out, mark);
	}
}

static void hello(const struct args *args, struct reply *reply)
{
	(void)args;
	put_hello(&reply->out);
}

static void system_info(const struct args *args, struct reply *reply)
{
	struct sysinfo info;

	(void)args;
	if (sysinfo(&info)) {
		fail(reply, errno, "sysinfo");
		return;
	}
	out_u64(&reply->out, F_MEMORY, (uint64_t)info.totalram * info.mem_unit);
	out_u64(&reply->out, F_CPUS, sysconf(_SC_NPROCESSORS_ONLN));
}

static void load_in_worker(const void *path, struct out *out, struct progress *progress)
{
	(void)progress;
	out_u64(out, F_ERRNO, module_load(path, ""));
}

/* In a worker: a module's init function may crash or never return. */
static void load_module(const struct args *args, struct reply *reply)
{
	const char *path = args_string(args, F_PATH, "");
	int err = worker_run(load_in_worker, path, args_timeout(args), &reply->out);

	if (err)
		fail(reply, err, "worker");
}

static void power_off_on_request(const struct args *args, struct reply *reply)
{
	(void)args;
	(void)reply;
	power_off();
}

/* Only for PID 1: as an ordinary program it would set the clock of the machine it is tested on. */
static void take_up(const struct args *args, struct reply *reply)
{
	const struct arg *entropy = args_find(args, F_ENTROPY);
	int err;

	if (getpid() != 1) {
		fail(reply, EPERM, "resume");
		return;
	}
	if (!entropy->len || entropy->len > ENTROPY_MAX) {
		fail_value(reply, "ENTROPY of 1 to 4096 bytes");
		return;
	}
	err = resume_clock(args_u64(args, F_TIME_US, 0));
	if (err) {
		fail(reply, err, "clock_settime");
		return;
	}
	err = resume_entropy(entropy->data, entropy->len);
	if (err)
		fail(reply, err, "/dev/urandom");
}

/*
 * What every session asks for and never changes: worth having before the guest is frozen. On a host
 * that was busy a grace period of RCU may have been waited for since the middle of the boot, and a
 * guest frozen then complains of a stall as soon as it goes on: membarrier(2) returns when one has
 * passed (kernel/sched/membarrier.c: synchronize_rcu()).
 */
static void prepare(const struct args *args, struct reply *reply)
{
	(void)args;
	kernel_btf_prepare();
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0) && errno != ENOSYS &&
	    errno != EINVAL)
		fail(reply, errno, "membarrier");
}

static const struct rule module_rules[] = {{F_PATH, ONE}, {F_TIMEOUT_MS, ONE}};
static const struct rule resume_rules[] = {{F_TIME_US, ONE}, {F_ENTROPY, ONE}};

const struct op system_ops[] = {
	{OP_HELLO, NULL, 0, hello},
	{OP_SYSINFO, NULL, 0, system_info},
	{OP_MODULE_LOAD, RULES(module_rules), load_module},
	{OP_POWER_OFF, NULL, 0, power_off_on_request},
	{OP_PREPARE, NULL, 0, prepare},
	{OP_RESUME, RULES(resume_rules), take_up},
	{0},
};

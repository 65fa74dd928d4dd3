// SPDX-License-Identifier: Apache-2.0
/* What can be asked of the kernel without a system call of its own: one request through io_uring.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "address.h"
#include "attempt.h"
#include "report.h"

static int disabled_by_sysctl(void)
{
	FILE *file = fopen("/proc/sys/kernel/io_uring_disabled", "re");
	int value = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

static int set_up(struct io_uring_params *params)
{
	int ring = syscall(SYS_io_uring_setup, 1, params);

	if (ring < 0 && errno == EPERM && disabled_by_sysctl())
		absent("io_uring_setup: disabled by kernel.io_uring_disabled");
	facility(ring >= 0, "io_uring_setup");
	return ring;
}

static void *map_ring(int ring, size_t len, off_t what)
{
	void *at = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, what);

	arrange(at != MAP_FAILED, "an io_uring mapping");
	return at;
}

/* Asks for one thing, waits for it, and gives its result: a number, or a negated errno. */
static int ask(const struct io_uring_sqe *question)
{
	struct io_uring_params params = {0};
	int ring = set_up(&params);
	size_t questions = params.sq_off.array + params.sq_entries * sizeof(unsigned int);
	size_t answers = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
	char *submission = map_ring(ring, questions, IORING_OFF_SQ_RING);
	char *completion = map_ring(ring, answers, IORING_OFF_CQ_RING);
	struct io_uring_sqe *slots = map_ring(ring, sizeof(*slots), IORING_OFF_SQES);

	slots[0] = *question;
	*(unsigned int *)(submission + params.sq_off.array) = 0;
	__atomic_store_n((unsigned int *)(submission + params.sq_off.tail), 1, __ATOMIC_RELEASE);
	arrange(syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1,
		"io_uring_enter");
	if (!__atomic_load_n((unsigned int *)(completion + params.cq_off.tail), __ATOMIC_ACQUIRE))
		not_arranged("io_uring: no completion");
	return ((struct io_uring_cqe *)(completion + params.cq_off.cqes))[0].res;
}

/* 0, or the errno. */
static int asked(const struct io_uring_sqe *question)
{
	int result = ask(question);

	return result < 0 ? -result : 0;
}

/* PATH */
static int try_uring_open(char **args)
{
	struct io_uring_sqe question = {.opcode = IORING_OP_OPENAT,
					.fd = AT_FDCWD,
					.addr = (unsigned long)args[0],
					.open_flags = O_RDONLY};

	return asked(&question);
}

/* PATH */
static int try_uring_openat2(char **args)
{
	struct open_how how = {.flags = O_RDONLY};
	struct io_uring_sqe question = {.opcode = IORING_OP_OPENAT2,
					.fd = AT_FDCWD,
					.addr = (unsigned long)args[0],
					.len = sizeof(how),
					.off = (unsigned long)&how};

	return asked(&question);
}

/* IP PORT: tcp. */
static int try_uring_connect(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);
	struct io_uring_sqe question = {.opcode = IORING_OP_CONNECT,
					.fd = open_socket(address.any.sa_family, "tcp"),
					.addr = (unsigned long)&address,
					.off = len};

	return asked(&question);
}

const struct operation uring_operations[] = {
	{"uring-open", 1, try_uring_open, OWNED},
	{"uring-openat2", 1, try_uring_openat2, OWNED},
	{"uring-connect", 2, try_uring_connect, OWNED},
	{0},
};

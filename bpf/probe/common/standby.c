// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../guest/hmac.h"
#include "../../guest/standby.h"
#include "signed.h"
#include "standby.h"

#define ARGUMENTS_MAX 256

/* A page of its own that no core dump has; NULL: nobody has given a key, and nothing is secret. */
static uint8_t *key;
static const char *run_nonce = "";

/* One request; its strings are in `packet`. */
struct request {
	const char *cgroup;
	const char *nonce;
	char *argv[ARGUMENTS_MAX + 1];
	int argc;
	int fds[3];
};

void sign_packet(unsigned long number, const void *packet, unsigned long len,
		 uint8_t signature[SIGNATURE_BYTES])
{
	static const uint8_t none[HMAC_KEY_BYTES];
	struct hmac hmac;

	hmac_init(&hmac, key ? key : none);
	hmac_update(&hmac, run_nonce, strlen(run_nonce) + 1);
	hmac_update(&hmac, &number, sizeof(number));
	hmac_update(&hmac, packet, len);
	hmac_final(&hmac, signature);
}

static int take_key(void)
{
	void *page = mmap(NULL, getpagesize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED || madvise(page, getpagesize(), MADV_DONTDUMP))
		return -1;
	if (recv(STANDBY_FD, page, HMAC_KEY_BYTES, 0) != HMAC_KEY_BYTES)
		return -1;
	key = page;
	return 0;
}

/* Splits `len` bytes of strings. False when they are not what PID 1 sends. */
static int split(char *packet, size_t len, struct request *request)
{
	char *end = packet + len;

	if (!len || end[-1])
		return 0;
	request->cgroup = packet;
	packet += strlen(packet) + 1;
	request->nonce = packet;
	packet += packet < end ? strlen(packet) + 1 : 0;
	for (; packet < end; packet += strlen(packet) + 1) {
		if (request->argc == ARGUMENTS_MAX)
			return 0;
		request->argv[request->argc++] = packet;
	}
	return request->argc > 0;
}

static int receive(char *packet, struct request *request)
{
	union {
		char buffer[CMSG_SPACE(sizeof(request->fds))];
		struct cmsghdr align;
	} rights;
	struct iovec data = {.iov_base = packet, .iov_len = STANDBY_MAX};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = rights.buffer,
				 .msg_controllen = sizeof(rights.buffer)};
	ssize_t len = recvmsg(STANDBY_FD, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *header = len > 0 ? CMSG_FIRSTHDR(&message) : NULL;

	if (!header || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(request->fds)))
		return 0;
	memcpy(request->fds, CMSG_DATA(header), sizeof(request->fds));
	return split(packet, len, request);
}

static void enter(const char *cgroup)
{
	char path[512];
	int fd;

	if (!*cgroup)
		return;
	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1) {
		dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
		_exit(126);
	}
	close(fd);
}

static noreturn void be_process(struct request *request, int (*run)(int argc, char **argv))
{
	int status;

	setsid();
	for (int i = 0; i < 3; i++)
		dup2(request->fds[i], i);
	for (int i = 0; i < 3; i++)
		close(request->fds[i]);
	close(STANDBY_FD);
	enter(request->cgroup);
	run_nonce = request->nonce;
	if (sign_stdout(key, run_nonce))
		_exit(126);
	status = run(request->argc, request->argv);
	end_signed();
	_exit(status);
}

/* A sibling of this process: its parent is PID 1, which waits for it. */
static void start(struct request *request, int (*run)(int argc, char **argv))
{
	pid_t pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
	struct standby_answer answer = {.pid = pid, .err = pid < 0 ? errno : 0};

	if (!pid)
		be_process(request, run);
	for (int i = 0; i < 3; i++)
		close(request->fds[i]);
	send(STANDBY_FD, &answer, sizeof(answer), MSG_NOSIGNAL);
}

static int stand_by(const struct standby_program *program)
{
	static char packet[STANDBY_MAX];
	struct standby_answer ready = {0};

	prctl(PR_SET_NAME, program->name);
	if (take_key())
		return 1;
	if (program->prepare)
		program->prepare();
	if (send(STANDBY_FD, &ready, sizeof(ready), MSG_NOSIGNAL) < 0)
		return 1;
	for (;;) {
		struct request request = {0};

		if (!receive(packet, &request))
			return 1;
		start(&request, program->run);
	}
}

int stand_by_or_run(const struct standby_program *program, int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], STANDBY_WORD))
		return stand_by(program);
	prctl(PR_SET_NAME, program->name);
	return program->run(argc, argv);
}

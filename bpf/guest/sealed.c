// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "children.h"
#include "out.h"
#include "paths.h"
#include "sealed.h"
#include "standby.h"

/* Milliseconds for the answer of a program that stands by. */
#define ANSWER_MS  10000
#define SEALED_MAX 8

struct sealed {
	char name[32];
	int fd;
	/* 0 and -1 unless it stands by. */
	pid_t pid;
	int control;
};

static struct sealed table[SEALED_MAX];
static size_t count;

/* Started by us, and not yet known to have ended. */
static pid_t *started;
static size_t nstarted;

static struct sealed *find(const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

static int copy(int from, int to, struct sealed_copy *copied)
{
	uint32_t words[4096], total = 0;
	size_t got;
	int err;

	*copied = (struct sealed_copy){0};
	while (!(err = read_at(from, (uint8_t *)words, sizeof(words), copied->size, &got)) && got) {
		memset((uint8_t *)words + got, 0, -got & 3);
		for (size_t i = 0; i < (got + 3) / 4; i++) {
			total += words[i];
			copied->sum += total;
		}
		copied->size += got;
		if (write_all(to, words, got))
			return errno;
	}
	return err;
}

static int copy_sealed(int from, const char *name, int fd, struct sealed_copy *copied)
{
	int memory = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err = memory < 0 ? errno : copy(from, memory, copied);

	if (!err && (fchmod(memory, 0555) || fcntl(memory, F_ADD_SEALS, SEALS) ||
		     dup3(memory, fd, O_CLOEXEC) < 0))
		err = errno;
	if (memory >= 0)
		close(memory);
	return err;
}

int sealed_add(const char *name, const char *path, int fd, struct sealed_copy *copied)
{
	int from, err;

	if (find(name) || fcntl(fd, F_GETFD) >= 0)
		return EEXIST;
	if (count == SEALED_MAX)
		return ENOSPC;
	from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (from < 0)
		return errno;
	err = copy_sealed(from, name, fd, copied);
	close(from);
	if (!err && unlink(path))
		err = errno;
	if (err)
		return err;
	table[count] = (struct sealed){.fd = fd, .control = -1};
	strncpy(table[count].name, name, sizeof(table[count].name) - 1);
	count++;
	return 0;
}

static void become(const struct sealed *sealed, int control)
{
	char *const argv[] = {(char *)sealed->name, STANDBY_WORD, NULL};
	char *const env[] = {NULL};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	/* dup2(2) of a descriptor to itself would leave it to be closed. */
	if (control == STANDBY_FD ? !fcntl(control, F_SETFD, 0) : dup2(control, STANDBY_FD) >= 0)
		syscall(SYS_execveat, sealed->fd, "", argv, env, AT_EMPTY_PATH);
	_exit(127);
}

/* Waits for the answer; what it does not say in time it does not say. */
static int await_answer(int control, struct standby_answer *answer)
{
	long long deadline = now_ms() + ANSWER_MS;
	struct pollfd fds = {.fd = control, .events = POLLIN};
	ssize_t got;

	while (poll(&fds, 1, left_ms(deadline)) < 0 || !fds.revents) {
		if (!left_ms(deadline))
			return ETIMEDOUT;
	}
	got = recv(control, answer, sizeof(*answer), MSG_DONTWAIT);
	if (got < 0)
		return errno;
	return got == sizeof(*answer) ? answer->err : EPIPE;
}

int sealed_stand_by(const char *name, const uint8_t key[HMAC_KEY_BYTES])
{
	struct sealed *sealed = find(name);
	struct standby_answer answer;
	int ends[2], err;

	if (!sealed || sealed->control >= 0)
		return EINVAL;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return errno;
	sealed->pid = children_fork();
	if (!sealed->pid)
		become(sealed, ends[1]);
	err = sealed->pid < 0 ? errno : 0;
	close(ends[1]);
	if (!err && send(ends[0], key, HMAC_KEY_BYTES, MSG_NOSIGNAL) != HMAC_KEY_BYTES)
		err = errno;
	if (!err)
		err = await_answer(ends[0], &answer);
	if (err)
		close(ends[0]);
	else
		sealed->control = ends[0];
	return err;
}

/* Appends a string with its NUL; false when there is no room. */
static bool add(char *packet, size_t *len, const char *text)
{
	size_t size = strlen(text) + 1;

	if (size > STANDBY_MAX - *len)
		return false;
	memcpy(packet + *len, text, size);
	*len += size;
	return true;
}

static int send_request(int control, const char *nonce, const struct process *process)
{
	static char packet[STANDBY_MAX];
	const int fds[3] = {process->stdin_fd, process->stdout_fd, process->stderr_fd};
	union {
		char buffer[CMSG_SPACE(sizeof(fds))];
		struct cmsghdr align;
	} rights = {0};
	size_t len = 0;
	bool fits = add(packet, &len, process->cgroup ? process->cgroup : "") &&
		    add(packet, &len, nonce);

	for (char **arg = process->argv; fits && *arg; arg++)
		fits = add(packet, &len, *arg);
	if (!fits)
		return E2BIG;
	struct iovec data = {.iov_base = packet, .iov_len = len};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = rights.buffer,
				 .msg_controllen = sizeof(rights.buffer)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(header), fds, sizeof(fds));
	return sendmsg(control, &message, MSG_NOSIGNAL) == (ssize_t)len ? 0 : errno;
}

static bool remember(pid_t pid)
{
	pid_t *more = realloc(started, (nstarted + 1) * sizeof(*started));

	if (!more)
		return false;
	started = more;
	started[nstarted++] = pid;
	return true;
}

pid_t sealed_start(const struct sealed_run *run, const struct process *process, const char **step)
{
	struct sealed *sealed = find(run->name);
	struct standby_answer answer;
	int err;

	*step = "no sealed program of this name stands by";
	if (!sealed || sealed->control < 0) {
		errno = ENOENT;
		return -1;
	}
	*step = "the sealed program does not answer";
	if (process->cgroup)
		make_folder(process->cgroup);
	err = send_request(sealed->control, run->nonce, process);
	if (!err)
		err = await_answer(sealed->control, &answer);
	if (!err && (children_adopt(answer.pid) || !remember(answer.pid)))
		err = ENOMEM;
	errno = err;
	return err ? -1 : answer.pid;
}

bool sealed_owns(pid_t pid)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].pid > 0 && table[i].pid == pid)
			return true;
	for (size_t i = 0; i < nstarted; i++)
		if (started[i] == pid)
			return true;
	return false;
}

void sealed_forget_ended(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < nstarted; i++)
		if (children_known(started[i]))
			started[kept++] = started[i];
	nstarted = kept;
}

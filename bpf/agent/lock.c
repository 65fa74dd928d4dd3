/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lock.h"

/* /run is a tmpfs on every distribution: a lock of a past boot does not exist. */
static const char lock_path[] = "/run/aegis-agent.lock";

/*
 * A record lock, not flock: the kernel itself reports who holds it, so that nobody has to believe a
 * number in a file. It would be lost when any descriptor of the file is closed; whoever holds it
 * opens the file no second time.
 */
static int open_lock(void)
{
	int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : fd;
}

/* The holder's pid; 0 when there is none, or none of this PID namespace. */
static pid_t holder(int fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_GETLK, &lock) || lock.l_type == F_UNLCK || lock.l_pid < 0)
		return 0;
	return lock.l_pid;
}

static void describe_holder(int fd, struct lock_owner *other)
{
	ssize_t len = read(fd, other->report_path, sizeof(other->report_path) - 1);

	other->report_path[len > 0 ? len : 0] = '\0';
	other->pid = holder(fd);
}

int lock_take(const char *report_path, struct lock_owner *other)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_lock();

	*other = (struct lock_owner){0};
	if (fd < 0)
		return fd;
	if (fcntl(fd, F_SETLK, &lock)) {
		int err = errno;

		describe_holder(fd, other);
		close(fd);
		return err == EAGAIN || err == EACCES ? -EBUSY : -err;
	}
	if (ftruncate(fd, 0) || write(fd, report_path, strlen(report_path)) < 0)
		return -errno;
	/* Never closed: the lock goes with the process, however it ends. */
	return 0;
}

int lock_open_owner(pid_t pid)
{
	int fd = open_lock();
	int pidfd, err;

	if (fd < 0)
		return fd;
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	err = pidfd < 0 ? -errno : 0;
	if (!err && holder(fd) != pid) {
		close(pidfd);
		err = -ESRCH;
	}
	close(fd);
	return err ? err : pidfd;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lock.h"

/* /run is a tmpfs on every distribution: a lock of a past boot does not exist. */
static const char lock_path[] = "/run/aegis-agent.lock";

int lock_take(const char *report_path, char *other, size_t size)
{
	int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	ssize_t len;

	other[0] = '\0';
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		int err = errno;

		len = read(fd, other, size - 1);
		other[len > 0 ? len : 0] = '\0';
		close(fd);
		return err == EWOULDBLOCK ? -EBUSY : -err;
	}
	if (ftruncate(fd, 0) || write(fd, report_path, strlen(report_path)) < 0)
		return -errno;
	/* Never closed: the lock goes with the process, however it ends. */
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "resume.h"

#define US_PER_S 1000000

int resume_clock(uint64_t time_us)
{
	const struct timespec now = {
		.tv_sec = time_us / US_PER_S,
		.tv_nsec = time_us % US_PER_S * 1000,
	};

	return clock_settime(CLOCK_REALTIME, &now) ? errno : 0;
}

/* RNDADDENTROPY mixes in and counts in one step; RNDRESEEDCRNG waits for no later moment. */
static int mix_in(int fd, const void *bytes, size_t len)
{
	struct rand_pool_info *info = malloc(sizeof(*info) + len);
	int err;

	if (!info)
		return ENOMEM;
	info->entropy_count = len * 8;
	info->buf_size = len;
	memcpy(info->buf, bytes, len);
	err = ioctl(fd, RNDADDENTROPY, info) || ioctl(fd, RNDRESEEDCRNG) ? errno : 0;
	free(info);
	return err;
}

int resume_entropy(const void *bytes, size_t len)
{
	int fd = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	int err = fd < 0 ? errno : mix_in(fd, bytes, len);

	if (fd >= 0)
		close(fd);
	return err;
}

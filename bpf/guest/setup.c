// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "children.h"
#include "ops.h"
#include "paths.h"
#include "power.h"
#include "setup.h"

#define PORT_NAME "bpf-matrix.rpc"

struct mount_point {
	const char *type;
	const char *path;
	bool needed;
};

/* In order: a later one lies in an earlier one. */
static const struct mount_point mount_points[] = {
	{"proc", "/proc", true},
	{"sysfs", "/sys", true},
	{"devtmpfs", "/dev", true},
	{"tmpfs", "/tmp", true},
	{"tmpfs", "/run", true},
	{"securityfs", "/sys/kernel/security", false},
	{"debugfs", "/sys/kernel/debug", false},
	{"tracefs", "/sys/kernel/tracing", false},
	{"bpf", "/sys/fs/bpf", false},
	{"cgroup2", "/sys/fs/cgroup", false},
};

void setup_mounts(void)
{
	for (size_t i = 0; i < sizeof(mount_points) / sizeof(mount_points[0]); i++) {
		const struct mount_point *at = &mount_points[i];

		make_folder(at->path);
		/* EBUSY: a kernel with CONFIG_DEVTMPFS_MOUNT was here first. */
		if (!mount(at->type, at->path, at->type, MS_NOSUID, NULL) || errno == EBUSY)
			continue;
		if (at->needed)
			fatal(at->path, errno);
		note_setup_failure(at->path, errno);
	}
	/* bpf_iter and friends pass descriptors by these. */
	if (symlink("/proc/self/fd", "/dev/fd") && errno != EEXIST)
		note_setup_failure("/dev/fd", errno);
}

void setup_limits(void)
{
	const struct rlimit infinite = {RLIM_INFINITY, RLIM_INFINITY};
	const struct rlimit files = {65536, 65536};

	if (setrlimit(RLIMIT_MEMLOCK, &infinite))
		note_setup_failure("RLIMIT_MEMLOCK", errno);
	/* An object of a thousand programs and their links. */
	if (setrlimit(RLIMIT_NOFILE, &files))
		note_setup_failure("RLIMIT_NOFILE", errno);
}

void setup_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request)) {
		note_setup_failure("lo", errno);
	} else {
		request.ifr_flags |= IFF_UP;
		if (ioctl(fd, SIOCSIFFLAGS, &request))
			note_setup_failure("lo", errno);
	}
	if (fd >= 0)
		close(fd);
}

static bool has_name(const char *device)
{
	char path[320], name[64] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/virtio-ports/%s/name", device);
	file = fopen(path, "re");
	if (!file)
		return false;
	bool found = fgets(name, sizeof(name), file);

	fclose(file);
	name[strcspn(name, "\n")] = 0;
	return found && !strcmp(name, PORT_NAME);
}

static int find_port(void)
{
	DIR *folder = opendir("/sys/class/virtio-ports");
	struct dirent *entry;
	char path[300];
	int fd = -1;

	while (folder && fd < 0 && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || !has_name(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		fd = open(path, O_RDWR | O_CLOEXEC);
	}
	if (folder)
		closedir(folder);
	return fd;
}

int setup_port(int timeout_ms)
{
	long long deadline = now_ms() + timeout_ms;
	int fd;

	while ((fd = find_port()) < 0 && left_ms(deadline) > 0)
		usleep(2000);
	return fd;
}

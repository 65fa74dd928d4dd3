/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "identity.h"
#include "policy_item.h"

#define OVERLAYFS_SUPER_MAGIC 0x794c7630

/* The kernel's encoding, not the one of stat(2). */
static __u32 kernel_dev(unsigned major, unsigned minor)
{
	return major << 20 | minor;
}

/* What /proc/self/fdinfo says of a descriptor; false on kernels before 5.14, which do not say
 * `ino`. */
static bool read_fdinfo(int fd, unsigned long long *ino, int *mount)
{
	char path[64], line[128];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return false;
	*mount = -1;
	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "mnt_id: %d", mount);
		found |= sscanf(line, "ino: %llu", ino) == 1;
	}
	fclose(file);
	return found && *mount >= 0;
}

/* The device of a mount's superblock; false for a mount of another namespace. */
static bool device_of_mount(int mount, __u32 *dev)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	bool found = false;
	char *line = NULL;
	size_t room = 0;

	if (!file)
		return false;
	while (!found && getline(&line, &room, file) > 0) {
		unsigned major, minor;
		int id;

		if (sscanf(line, "%d %*d %u:%u", &id, &major, &minor) != 3 || id != mount)
			continue;
		*dev = kernel_dev(major, minor);
		found = true;
	}
	free(line);
	fclose(file);
	return found;
}

static int open_path(const char *path, enum identity_follow follow)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
	int fd;

	if (follow == IDENTITY_FOLLOW)
		fd = open(path, O_PATH | O_CLOEXEC);
	else
		fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

int identity_of_file(const char *path, enum identity_follow follow, struct aegis_inode *inode,
		     int *pin)
{
	unsigned long long ino = 0;
	struct statfs filesystem;
	struct stat status;
	int mount = -1;
	int fd = open_path(path, follow);

	*pin = -1;
	if (fd < 0)
		return fd;
	if (fstat(fd, &status) || fstatfs(fd, &filesystem)) {
		int error = errno;

		close(fd);
		return -error;
	}
	*inode = (struct aegis_inode){
		.ino = status.st_ino,
		.dev = kernel_dev(major(status.st_dev), minor(status.st_dev)),
	};
	if (read_fdinfo(fd, &ino, &mount)) {
		inode->ino = ino;
		device_of_mount(mount, &inode->dev);
	}
	if (filesystem.f_type == OVERLAYFS_SUPER_MAGIC)
		*pin = fd;
	else
		close(fd);
	return 0;
}

int identity_of_cgroup(const char *text, __u64 *id)
{
	static const char root[] = "/sys/fs/cgroup";
	unsigned long long number;
	char path[4200];
	struct stat status;

	if (!policy_parse_unsigned(text, ~0ULL, &number)) {
		*id = number;
		return 0;
	}
	snprintf(path, sizeof(path), "%s%s", strncmp(text, root, strlen(root)) ? root : "", text);
	if (stat(path, &status))
		return -errno;
	*id = status.st_ino;
	return 0;
}

static void read_cgroup(struct event_self *self)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];
	__u64 id = 0;

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::", 3) && !identity_of_cgroup(line + 3, &id))
			self->cgid = id;
	}
	if (file)
		fclose(file);
}

void identity_of_self(struct event_self *self)
{
	FILE *file = fopen("/proc/self/stat", "re");
	char line[1024];

	*self = (struct event_self){.pid = getpid(), .ppid = getppid(), .comm = "aegis-agent"};
	if (file && fgets(line, sizeof(line), file)) {
		/* The name, field 2, may hold blanks and parentheses; the fields after it do not.
		 */
		char *after_name = strrchr(line, ')');

		if (after_name)
			sscanf(after_name + 1,
			       " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d "
			       "%*d %*d %*d %llu",
			       &self->start_time);
	}
	if (file)
		fclose(file);
	read_cgroup(self);
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "report.h"

#define CGROUPS "/sys/fs/cgroup/"

static void make_folders(char *path)
{
	for (char *slash = path + strlen(CGROUPS); (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		arrange(!mkdir(path, 0755) || errno == EEXIST, path);
		*slash = '/';
	}
}

void enter_cgroup(const char *path)
{
	char procs[PATH_MAX];
	int fd;

	if (!strncmp(path, CGROUPS, strlen(CGROUPS)))
		path += strlen(CGROUPS);
	path += strspn(path, "/");
	snprintf(procs, sizeof(procs), CGROUPS "%s%scgroup.procs", path, *path ? "/" : "");
	make_folders(procs);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	arrange(fd >= 0 && write(fd, "0", 1) == 1, procs);
	close(fd);
}

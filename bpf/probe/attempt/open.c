// SPDX-License-Identifier: Apache-2.0
/* The ways to name a file that is then opened. */
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"
#include "report.h"

int flags_of(const char *mode)
{
	int flags = !strchr(mode, 'w') ? O_RDONLY : strchr(mode, 'r') ? O_RDWR : O_WRONLY;

	if (strchr(mode, 'c'))
		flags |= O_CREAT;
	if (strchr(mode, 't'))
		flags |= O_TRUNC;
	return flags;
}

/* PATH MODE: by open(2), and where the architecture has no such call as its libc opens. */
static int try_open(char **args)
{
#ifdef SYS_open
	return outcome(syscall(SYS_open, args[0], flags_of(args[1]), 0600));
#else
	return outcome(open(args[0], flags_of(args[1]), 0600));
#endif
}

/* PATH */
static int try_creat(char **args)
{
#ifdef SYS_creat
	return outcome(syscall(SYS_creat, args[0], 0600));
#else
	return outcome(creat(args[0], 0600));
#endif
}

/* PATH MODE */
static int try_openat(char **args)
{
	return outcome(syscall(SYS_openat, AT_FDCWD, args[0], flags_of(args[1]), 0600));
}

/* PATH MODE */
static int try_openat2(char **args)
{
	struct open_how how = {.flags = flags_of(args[1])};

	return outcome_of(syscall(SYS_openat2, AT_FDCWD, args[0], &how, sizeof(how)), "openat2");
}

/* FOLDER NAME: by a relative path from a working folder. */
static int try_relative(char **args)
{
	arrange(!chdir(args[0]), args[0]);
	return outcome(open(args[1], O_RDONLY));
}

/* FOLDER NAME: relative to a descriptor. */
static int try_dirfd(char **args)
{
	int folder = open(args[0], O_PATH | O_DIRECTORY);

	arrange(folder >= 0, args[0]);
	return outcome(openat(folder, args[1], O_RDONLY));
}

/* PATH: an O_PATH descriptor, which is not an open, and then that through /proc. */
static int try_reopen(char **args)
{
	char path[64];
	int fd = open(args[0], O_PATH);

	arrange(fd >= 0, args[0]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return outcome(open(path, O_RDONLY));
}

/* PATH: the string lies in a page that nobody has touched since it was mapped from a file. */
static int try_unfaulted(char **args)
{
	int fd = open("/tmp/attempt.page", O_RDWR | O_CREAT | O_TRUNC, 0600);
	ssize_t len = strlen(args[0]);
	char *page;

	arrange(fd >= 0 && !ftruncate(fd, 4096) && pwrite(fd, args[0], len, 0) == len, "a page");
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	arrange(page != MAP_FAILED, "a mapping");
	return outcome(syscall(SYS_openat, AT_FDCWD, page, O_RDONLY, 0));
}

static int open_below(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return outcome(open(full, O_RDONLY));
}

/* PATH, absolute: through another process' root. */
static int try_setns_root(char **args)
{
	return open_below("/proc/1/root", args[0]);
}

/* PATH, absolute: through this process' own root. */
static int try_self_root(char **args)
{
	return open_below("/proc/self/root", args[0]);
}

/* The folder that a path lies in, open, as open_by_handle_at wants one file of the mount. */
static int open_folder_of(const char *path)
{
	char folder[PATH_MAX];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		return open(".", O_RDONLY | O_DIRECTORY);
	slash[slash == folder] = 0;
	return open(folder, O_RDONLY | O_DIRECTORY);
}

/* PATH: by a handle, without any path. */
static int try_open_handle(char **args)
{
	struct file_handle *handle = calloc(1, sizeof(*handle) + MAX_HANDLE_SZ);
	int mount_id;
	int folder = open_folder_of(args[0]);

	arrange(handle && folder >= 0, "the folder of the file");
	handle->handle_bytes = MAX_HANDLE_SZ;
	facility(!name_to_handle_at(AT_FDCWD, args[0], handle, &mount_id, 0), "name_to_handle_at");
	return outcome(open_by_handle_at(folder, handle, O_RDONLY));
}

const struct operation open_operations[] = {
	{"open", 2, try_open, SHARED},
	{"creat", 1, try_creat, SHARED},
	{"openat", 2, try_openat, SHARED},
	{"openat2", 2, try_openat2, SHARED},
	{"relative", 2, try_relative, SHARED},
	{"dirfd", 2, try_dirfd, SHARED},
	{"reopen", 1, try_reopen, SHARED},
	{"unfaulted", 1, try_unfaulted, OWNED},
	{"setns-root", 1, try_setns_root, SHARED},
	{"self-root", 1, try_self_root, SHARED},
	{"open-handle", 1, try_open_handle, OWNED},
	{0},
};

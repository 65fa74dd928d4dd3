// SPDX-License-Identifier: Apache-2.0
/* Other views of the same file system. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "attempt.h"
#include "namespace.h"
#include "report.h"

void leave_mounts(void)
{
	arrange(!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL),
		"a mount namespace");
}

/* PATH OVER: OVER becomes a bind mount of PATH, and is opened. */
static int try_bind_mount(char **args)
{
	leave_mounts();
	arrange(!mount(args[0], args[1], NULL, MS_BIND, NULL), "a bind mount");
	return outcome(open(args[1], O_RDONLY));
}

/* FOLDER PATH: PATH as it is called inside of FOLDER. */
static int try_chroot(char **args)
{
	arrange(!chroot(args[0]) && !chdir("/"), args[0]);
	return outcome(open(args[1], O_RDONLY));
}

/* PATH: as root of a user namespace of its own. */
static int try_userns(char **args)
{
	int result = unshare(CLONE_NEWUSER | CLONE_NEWNS);

	/* ENOSPC: user.max_user_namespaces is 0. EINVAL: not built in. EPERM: user.* or a sysctl of
	 * a distribution. */
	if (result && (errno == ENOSPC || errno == EINVAL || errno == EPERM))
		absent("user namespaces: %s", strerror(errno));
	arrange(!result, "a user namespace");
	return outcome(open(args[0], O_RDONLY));
}

/* FOLDER NOW NAME: NAME in FOLDER, once FOLDER is called NOW; it gets its name back. */
static int try_open_renamed(char **args)
{
	char path[512];
	int result;

	arrange(!rename(args[0], args[1]), args[0]);
	snprintf(path, sizeof(path), "%s/%s", args[1], args[2]);
	result = outcome(open(path, O_RDONLY));
	arrange(!rename(args[1], args[0]), args[1]);
	return result;
}

const struct operation bypass_operations[] = {
	{"bind-mount", 2, try_bind_mount, SHARED},
	{"chroot", 2, try_chroot, SHARED},
	{"userns", 1, try_userns, OWNED},
	{"open-renamed", 3, try_open_renamed, SHARED},
	{0},
};

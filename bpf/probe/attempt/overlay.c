// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "attempt.h"
#include "namespace.h"
#include "report.h"

#define SCRATCH "/tmp/attempt.overlay"

static int mount_overlay(const char *lower, const char *upper, const char *work, const char *merged)
{
	char options[3 * PATH_MAX];

	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper,
		 work);
	return mount("overlay", merged, "overlay", 0, options);
}

/* LOWER UPPER WORK MERGED: mounted for everybody, for arranging. */
static int try_overlay(char **args)
{
	int result = mount_overlay(args[0], args[1], args[2], args[3]);

	facility(!result || errno != ENODEV, "overlay");
	return outcome(result);
}

/* LOWER NAME MODE: NAME opened in an overlay on LOWER of this process' own; w makes a copy-up. */
static int try_overlay_open(char **args)
{
	char path[PATH_MAX];

	leave_mounts();
	arrange(!mkdir(SCRATCH, 0755) || errno == EEXIST, SCRATCH);
	arrange(!mount("tmpfs", SCRATCH, "tmpfs", 0, NULL), "a tmpfs");
	arrange(!mkdir(SCRATCH "/upper", 0755) && !mkdir(SCRATCH "/work", 0755) &&
			!mkdir(SCRATCH "/merged", 0755),
		"folders in a tmpfs");
	facility(!mount_overlay(args[0], SCRATCH "/upper", SCRATCH "/work", SCRATCH "/merged"),
		 "overlay");
	snprintf(path, sizeof(path), SCRATCH "/merged/%s", args[1]);
	return outcome(open(path, flags_of(args[2])));
}

/* What was to be arranged by `overlay` is not there where the kernel has none. */
static void expect_overlay(const char *merged)
{
	struct statfs status;

	arrange(!statfs(merged, &status), merged);
	if (status.f_type != OVERLAYFS_SUPER_MAGIC)
		absent("overlay: nothing is mounted at %s", merged);
}

/* MERGED NAME MODE: NAME opened in an overlay that was mounted for everybody. */
static int try_merged_open(char **args)
{
	char path[PATH_MAX];

	expect_overlay(args[0]);
	snprintf(path, sizeof(path), "%s/%s", args[0], args[1]);
	return outcome(open(path, flags_of(args[2])));
}

/* MERGED NAME: chmod(2) of NAME in such an overlay, which copies it up without any open. */
static int try_merged_chmod(char **args)
{
	char path[PATH_MAX];

	expect_overlay(args[0]);
	snprintf(path, sizeof(path), "%s/%s", args[0], args[1]);
	return outcome(chmod(path, 0640));
}

const struct operation overlay_operations[] = {
	{"overlay", 4, try_overlay, SHARED},           {"overlay-merged", 4, try_overlay, SHARED},
	{"overlay-open", 3, try_overlay_open, OWNED},  {"merged-open", 3, try_merged_open, SHARED},
	{"merged-chmod", 2, try_merged_chmod, SHARED}, {0},
};

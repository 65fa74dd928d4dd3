// SPDX-License-Identifier: Apache-2.0
/* What is done to files without reading them, and what arranges them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"
#include "report.h"

/* PATH */
static int try_truncate(char **args)
{
	return outcome(truncate(args[0], 0));
}

/* FROM TO */
static int try_rename(char **args)
{
	return outcome(rename(args[0], args[1]));
}

/* PATH */
static int try_unlink(char **args)
{
	return outcome(unlink(args[0]));
}

/* FROM TO */
static int try_link(char **args)
{
	return outcome(link(args[0], args[1]));
}

/* TARGET LINK */
static int try_symlink(char **args)
{
	return outcome(symlink(args[0], args[1]));
}

/* PATH */
static int try_chmod(char **args)
{
	return outcome(chmod(args[0], 0640));
}

/* PATH MODE: for arranging; MODE as in chmod(1). */
static int try_mode(char **args)
{
	return outcome(chmod(args[0], strtoul(args[1], NULL, 8)));
}

/* PATH */
static int try_mkdir(char **args)
{
	return outcome(mkdir(args[0], 0755));
}

/* PATH: for arranging; with the folders above it, those that are there included. */
static int try_folder(char **args)
{
	for (char *slash = args[0]; (slash = strchr(slash + 1, '/'));) {
		int err;

		*slash = 0;
		err = mkdir(args[0], 0755) && errno != EEXIST;
		*slash = '/';
		if (err)
			return errno;
	}
	return mkdir(args[0], 0755) && errno != EEXIST ? errno : 0;
}

/* PATH TEXT: for arranging; a new or emptied file with this content. */
static int try_write(char **args)
{
	size_t len = strlen(args[1]);
	int fd = open(args[0], O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0)
		return outcome(fd);
	return outcome(write(fd, args[1], len) == (ssize_t)len ? 0 : -1);
}

/* FROM TO MODE: for arranging; MODE as in chmod(1). */
static int try_copy(char **args)
{
	mode_t mode = strtoul(args[2], NULL, 8);
	int from = open(args[0], O_RDONLY);
	ssize_t copied;
	int to;

	arrange(from >= 0, args[0]);
	to = open(args[1], O_WRONLY | O_CREAT | O_TRUNC, mode);
	if (to < 0)
		return outcome(to);
	do {
		copied = sendfile(to, from, NULL, 1 << 20);
	} while (copied > 0);
	return outcome(copied < 0 ? copied : fchmod(to, mode));
}

/* COUNT PATH: opens PATH so often, then says 0. Ignores SIGTERM, so that only KILL ends it. */
static int try_stubborn(char **args)
{
	signal(SIGTERM, SIG_IGN);
	for (int i = 0; i < atoi(args[0]); i++) {
		int fd = open(args[1], O_RDONLY);

		if (fd >= 0)
			close(fd);
	}
	return 0;
}

/* PATH: opens PATH, ignoring whatever signal comes of it but KILL. */
static int try_defiant(char **args)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	return outcome(open(args[0], O_RDONLY));
}

/* COUNT PATH: the same with more than a second between two. */
static int try_patient(char **args)
{
	char once[] = "1";
	char *one[] = {once, args[1]};

	for (int i = 0; i < atoi(args[0]); i++) {
		try_stubborn(one);
		usleep(1200000);
	}
	return 0;
}

const struct operation file_operations[] = {
	{"truncate", 1, try_truncate, SHARED},
	{"rename", 2, try_rename, SHARED},
	{"unlink", 1, try_unlink, SHARED},
	{"link", 2, try_link, SHARED},
	{"symlink", 2, try_symlink, SHARED},
	{"chmod", 1, try_chmod, SHARED},
	{"mode", 2, try_mode, SHARED},
	{"mkdir", 1, try_mkdir, SHARED},
	{"folder", 1, try_folder, SHARED},
	{"write", 2, try_write, SHARED},
	{"copy", 3, try_copy, SHARED},
	{"stubborn", 2, try_stubborn, SHARED},
	{"defiant", 1, try_defiant, SHARED},
	{"patient", 2, try_patient, SHARED},
	{0},
};

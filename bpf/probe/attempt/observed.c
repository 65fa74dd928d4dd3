// SPDX-License-Identifier: Apache-2.0
/* What an observer has to see, or must not take for something that it is not. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "address.h"
#include "attempt.h"
#include "numbered.h"
#include "report.h"

/* DEPTH PATH: the last of so many descendants, each the child of the one before, opens it. */
static int try_fork_open(char **args)
{
	int depth = atoi(args[0]), status = 0;
	pid_t pid;

	if (!depth)
		return outcome(open(args[1], O_RDONLY));
	pid = fork();
	arrange(pid >= 0, "a child");
	if (!pid) {
		char next[16];
		char *one[] = {next, args[1]};

		snprintf(next, sizeof(next), "%d", depth - 1);
		_exit(try_fork_open(one));
	}
	arrange(waitpid(pid, &status, 0) == pid && WIFEXITED(status), "the child's answer");
	return WEXITSTATUS(status);
}

/* FOLDER COUNT: for arranging; empty files 0 to COUNT - 1. */
static int try_fill(char **args)
{
	int err = 0;

	for (int i = 0; !err && i < atoi(args[1]); i++)
		err = open_numbered(args[0], i, O_WRONLY | O_CREAT);
	return err;
}

/* FOLDER COUNT: opens 0 to COUNT - 1, and 0 once more. */
static int try_open_each(char **args)
{
	int err = 0;

	for (int i = 0; !err && i < atoi(args[1]); i++)
		err = open_numbered(args[0], i, O_RDONLY);
	return err ? err : open_numbered(args[0], 0, O_RDONLY);
}

/* IP PORT LENGTH: says that the address is so long. */
static int try_connect_length(char **args)
{
	struct {
		union address address;
		char rest[128];
	} sent = {0};

	parse_address(args[0], args[1], &sent.address);
	return outcome(connect(open_socket(sent.address.any.sa_family, "udp"), &sent.address.any,
			       atoi(args[2])));
}

/* Dissolves what a datagram socket is connected to: AF_UNSPEC leads nowhere. */
static int try_disconnect(char **args)
{
	union address address = {.any.sa_family = AF_UNSPEC};

	(void)args;
	return outcome(connect(open_socket(AF_INET, "udp"), &address.any, sizeof(address.v4)));
}

/* PATH: of a local socket that nobody listens at. */
static int try_connect_unix(char **args)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	arrange(fd >= 0, "a local socket");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", args[0]);
	return outcome(connect(fd, (struct sockaddr *)&address, sizeof(address)));
}

const struct operation observed_operations[] = {
	{"fork-open", 2, try_fork_open, OWNED},
	{"fill", 2, try_fill, SHARED},
	{"open-each", 2, try_open_each, SHARED},
	{"connect-length", 3, try_connect_length, SHARED},
	{"disconnect", 0, try_disconnect, SHARED},
	{"connect-unix", 1, try_connect_unix, SHARED},
	{0},
};

// SPDX-License-Identifier: Apache-2.0
/*
 * The same operations as an ordinary program on stdin and stdout, for tests without a machine:
 * host-guest FOLDER. It mounts nothing and sets nothing up.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "children.h"
#include "ops.h"
#include "paths.h"
#include "power.h"
#include "trace.h"

/* Moves a descriptor out of the reach of children, and /dev/null into its place. */
static int hide(int fd, int flags)
{
	int hidden = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", flags | O_CLOEXEC);

	if (hidden < 0 || null < 0 || dup2(null, fd) < 0)
		fatal("stdio", errno);
	close(null);
	return hidden;
}

int main(int argc, char **argv)
{
	struct port port;

	if (argc != 2) {
		fprintf(stderr, "usage: host-guest FOLDER\n");
		return 2;
	}
	snprintf(guest_folder, GUEST_FOLDER_MAX, "%s", argv[1]);
	make_folder(guest_folder);
	signal(SIGPIPE, SIG_IGN);
	if (!trace_effective())
		fatal("the wrapper of syscall(2) does not see libbpf", 0);
	children_init();
	power_off_on_alarm();
	if (port_init(&port, hide(0, O_RDONLY), hide(1, O_WRONLY)))
		fatal("no memory", ENOMEM);
	serve(&port);
	return 0;
}

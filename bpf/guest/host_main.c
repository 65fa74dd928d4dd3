// SPDX-License-Identifier: Apache-2.0
/*
 * The same operations as an ordinary program, for tests without a machine: host-guest FOLDER, with
 * the port as file descriptor 3. It mounts nothing and sets nothing up.
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

#define PORT_FD 3

int main(int argc, char **argv)
{
	struct port port;

	/* Not for the children. */
	if (argc != 2 || fcntl(PORT_FD, F_SETFD, FD_CLOEXEC)) {
		fprintf(stderr, "usage: host-guest FOLDER 3<>PORT\n");
		return 2;
	}
	snprintf(guest_folder, GUEST_FOLDER_MAX, "%s", argv[1]);
	make_folder(guest_folder);
	signal(SIGPIPE, SIG_IGN);
	if (!trace_effective())
		fatal("the wrapper of syscall(2) does not see libbpf", 0);
	children_init();
	power_off_on_alarm();
	if (port_init(&port, PORT_FD, PORT_FD))
		fatal("no memory", ENOMEM);
	serve(&port);
	return 0;
}

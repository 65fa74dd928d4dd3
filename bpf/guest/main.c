// SPDX-License-Identifier: Apache-2.0
/* PID 1 of a guest: sets up, then answers until the harness is gone. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "children.h"
#include "modules.h"
#include "ops.h"
#include "paths.h"
#include "power.h"
#include "setup.h"
#include "trace.h"

/* Milliseconds until a port that is not there counts as missing. */
#define PORT_LIMIT 10000

/* Without /dev/console in the initramfs the kernel starts us with no descriptor at all. */
static void open_stdio(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	while (fd >= 0 && fd < 3)
		fd = dup(fd);
	if (fd >= 3)
		close(fd);
}

int main(void)
{
	struct port port;

	signal(SIGPIPE, SIG_IGN);
	setup_mounts();
	open_stdio();
	setup_limits();
	setup_loopback();
	make_folder(guest_folder);
	if (!trace_effective())
		fatal("the wrapper of syscall(2) does not see libbpf", 0);
	modules_load_list("/modules/boot.list");
	int fd = setup_port(PORT_LIMIT);

	if (fd < 0)
		fatal("no virtio-serial port bpf-matrix.rpc", 0);
	children_init();
	power_off_on_alarm();
	if (port_init(&port, fd, fd))
		fatal("no memory", 0);
	serve(&port);
	/* The harness closed the port: a guest that nobody talks to must not live on. */
	power_off();
}

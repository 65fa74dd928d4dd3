// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "address.h"
#include "attempt.h"
#include "report.h"

/* IP PORT PROTOCOL: without a listener an allowed one answers ECONNREFUSED (tcp) or 0 (udp). */
static int try_connect(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);

	return outcome(connect(open_socket(address.any.sa_family, args[2]), &address.any, len));
}

/* IP PORT: an IPv6 socket bound to ::ffff:IP, connected to nowhere in particular. */
static int try_connect_mapped(char **args)
{
	union address address;
	char mapped[64];
	socklen_t len;
	int fd;

	snprintf(mapped, sizeof(mapped), "::ffff:%s", args[0]);
	fd = bound_socket(mapped, "0", &address);
	len = parse_address("::", args[1], &address);
	return outcome(connect(fd, &address.any, len));
}

/* IP PORT PROTOCOL */
static int try_bind(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);

	return outcome(bind(open_socket(address.any.sa_family, args[2]), &address.any, len));
}

const struct operation connect_operations[] = {
	{"connect", 3, try_connect, SHARED},
	{"connect-mapped", 2, try_connect_mapped, SHARED},
	{"bind", 3, try_bind, SHARED},
	{0},
};

// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "address.h"
#include "modes.h"
#include "report.h"

/* Per port: IPv4 and IPv6, TCP and UDP. */
#define SOCKETS_PER_PORT 4
#define PORTS_MAX        64

static volatile sig_atomic_t stopped;

static void stop(int signo)
{
	(void)signo;
	stopped = 1;
}

static int server(const char *ip, const char *port, const char *protocol)
{
	union address address;
	socklen_t len = parse_address(ip, port, &address);
	int fd = open_socket(address.any.sa_family, protocol);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (address.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	arrange(!bind(fd, &address.any, len), port);
	return fd;
}

static int tcp_server(const char *ip, const char *port)
{
	int fd = server(ip, port, "tcp");

	arrange(!listen(fd, 64), port);
	return fd;
}

/* One connection or one datagram less. Whose fault it is when that fails is for the other side to
 * say. */
static void drop(int fd)
{
	char byte;
	int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (connection >= 0)
		close(connection);
	else if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) < 0)
		return;
}

static void serve(struct pollfd *fds, int count)
{
	while (!stopped) {
		if (poll(fds, count, 1000) <= 0)
			continue;
		for (int i = 0; i < count; i++)
			if (fds[i].revents)
				drop(fds[i].fd);
	}
}

int run_serve(char **args)
{
	struct pollfd fds[PORTS_MAX * SOCKETS_PER_PORT];
	int count = 0;

	signal(SIGTERM, stop);
	for (; *args; args++) {
		if (count == sizeof(fds) / sizeof(*fds))
			not_arranged("more than %d ports", PORTS_MAX);
		fds[count++].fd = tcp_server("0.0.0.0", *args);
		fds[count++].fd = tcp_server("::", *args);
		fds[count++].fd = server("0.0.0.0", *args, "udp");
		fds[count++].fd = server("::", *args, "udp");
	}
	for (int i = 0; i < count; i++)
		fds[i].events = POLLIN;
	puts("ready");
	fflush(stdout);
	serve(fds, count);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "address.h"
#include "modes.h"
#include "report.h"

/* Per port: IPv4 and IPv6, TCP and UDP. */
#define SOCKETS_PER_PORT 4
#define PORTS_MAX        64

static volatile sig_atomic_t stopped, asked;

static void note_signal(int signo)
{
	if (signo == SIGUSR1)
		asked = 1;
	else
		stopped = 1;
}

static int server(const char *ip, const char *port, const char *protocol)
{
	union address address;
	socklen_t len = parse_address(ip, port, &address);
	int fd = open_socket(address.any.sa_family, protocol);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (address.any.sa_family == AF_INET6) {
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof(one));
	} else {
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	arrange(!bind(fd, &address.any, len), port);
	return fd;
}

static int tcp_server(const char *ip, const char *port)
{
	int fd = server(ip, port, "tcp");

	arrange(!listen(fd, 64), port);
	return fd;
}

/* `tcp 127.0.0.5 80`: what came, and to which address of ours. */
static void print_came(const char *protocol, int family, const void *to, int port)
{
	char text[INET6_ADDRSTRLEN];

	printf("%s %s %d\n", protocol, inet_ntop(family, to, text, sizeof(text)), port);
}

static void came_from(const union address *own, const char *protocol)
{
	if (own->any.sa_family == AF_INET6)
		print_came(protocol, AF_INET6, &own->v6.sin6_addr, ntohs(own->v6.sin6_port));
	else
		print_came(protocol, AF_INET, &own->v4.sin_addr, ntohs(own->v4.sin_port));
}

/* A datagram says with it where it was sent to; the socket itself is bound to any address. */
static bool take_datagram(int fd, int port)
{
	char byte, control[256];
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *at;

	if (recvmsg(fd, &message, MSG_DONTWAIT | MSG_TRUNC) < 0)
		return false;
	for (at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
		if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO)
			print_came("udp", AF_INET, &((struct in_pktinfo *)CMSG_DATA(at))->ipi_addr,
				   port);
		if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO)
			print_came("udp", AF_INET6,
				   &((struct in6_pktinfo *)CMSG_DATA(at))->ipi6_addr, port);
	}
	return true;
}

/*
 * One connection or one datagram less; false when there was none. Whose fault it is when that fails
 * is for the other side to say.
 */
static bool take_one(int fd)
{
	union address own = {0};
	socklen_t len = sizeof(own);
	int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (connection < 0) {
		getsockname(fd, &own.any, &len);
		return take_datagram(fd, ntohs(own.v4.sin_port));
	}
	if (!getsockname(connection, &own.any, &len))
		came_from(&own, "tcp");
	close(connection);
	return true;
}

static void take_ready(struct pollfd *fds, int count)
{
	for (int i = 0; i < count; i++)
		if (fds[i].revents)
			take_one(fds[i].fd);
}

/* Everything that has come by now. */
static void settle(struct pollfd *fds, int count)
{
	for (int i = 0; i < count; i++)
		while (take_one(fds[i].fd))
			;
	puts("settled");
}

static void serve(struct pollfd *fds, int count)
{
	sigset_t none;

	sigemptyset(&none);
	while (!stopped) {
		if (ppoll(fds, count, NULL, &none) > 0)
			take_ready(fds, count);
		if (asked) {
			asked = 0;
			settle(fds, count);
		}
		fflush(stdout);
	}
}

static void catch_signals(void)
{
	static const int caught[] = {SIGTERM, SIGUSR1};
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++) {
		signal(caught[i], note_signal);
		sigaddset(&blocked, caught[i]);
	}
	/* But while it waits, so that none is lost between a look and a wait. */
	sigprocmask(SIG_BLOCK, &blocked, NULL);
}

int run_serve(char **args)
{
	struct pollfd fds[PORTS_MAX * SOCKETS_PER_PORT];
	int count = 0;

	catch_signals();
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

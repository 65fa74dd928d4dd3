// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "report.h"

socklen_t parse_address(const char *ip, const char *port, union address *address)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, ip, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons(atoi(port));
		return sizeof(address->v4);
	}
	if (inet_pton(AF_INET6, ip, &address->v6.sin6_addr) != 1)
		not_arranged("%s is not an IP address", ip);
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = htons(atoi(port));
	return sizeof(address->v6);
}

int open_socket(int family, const char *protocol)
{
	int fd;

	if (!strcmp(protocol, "udp"))
		fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	else
		fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC,
			    strcmp(protocol, "mptcp") ? 0 : IPPROTO_MPTCP);
	facility(fd >= 0, protocol);
	return fd;
}

int bound_socket(const char *ip, const char *port, union address *address)
{
	int one = 1;
	socklen_t len = parse_address(ip, port, address);
	int fd = open_socket(address->any.sa_family, "tcp");

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	arrange(!bind(fd, &address->any, len), "bind");
	return fd;
}

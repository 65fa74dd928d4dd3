/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_ADDRESS_H
#define PROBE_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* The length of the address; does not return for anything else. */
socklen_t parse_address(const char *ip, const char *port, union address *address);

/* tcp, udp or mptcp; does not return without a socket. */
int open_socket(int family, const char *protocol);

/* A TCP socket bound to an address, which it fills in, that does not listen yet; or does not
 * return. */
int bound_socket(const char *ip, const char *port, union address *address);

#endif

// SPDX-License-Identifier: Apache-2.0
/* Datagrams from a socket that is not connected. */
#include "address.h"
#include "attempt.h"
#include "report.h"

/* IP PORT */
static int try_sendto(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);
	int fd = open_socket(address.any.sa_family, "udp");

	return outcome(sendto(fd, "x", 1, 0, &address.any, len));
}

/* IP PORT: with the family left out, which an IPv4 socket takes for AF_INET. */
static int try_sendto_unspec(char **args)
{
	union address address;
	socklen_t len = parse_address(args[0], args[1], &address);
	int fd = open_socket(AF_INET, "udp");

	address.any.sa_family = AF_UNSPEC;
	return outcome(sendto(fd, "x", 1, 0, &address.any, len));
}

/* A datagram of one byte and where it goes. */
struct datagram {
	union address to;
	struct iovec data;
	struct mmsghdr header;
};

/* A socket for it. */
static int prepare_datagram(char **args, struct datagram *datagram)
{
	static char byte = 'x';
	socklen_t len = parse_address(args[0], args[1], &datagram->to);

	datagram->data = (struct iovec){.iov_base = &byte, .iov_len = 1};
	datagram->header = (struct mmsghdr){.msg_hdr = {.msg_name = &datagram->to,
							.msg_namelen = len,
							.msg_iov = &datagram->data,
							.msg_iovlen = 1}};
	return open_socket(datagram->to.any.sa_family, "udp");
}

/* IP PORT */
static int try_sendmsg(char **args)
{
	struct datagram datagram;
	int fd = prepare_datagram(args, &datagram);

	return outcome(sendmsg(fd, &datagram.header.msg_hdr, 0));
}

/* IP PORT */
static int try_sendmmsg(char **args)
{
	struct datagram datagram;
	int fd = prepare_datagram(args, &datagram);

	return outcome(sendmmsg(fd, &datagram.header, 1, 0));
}

const struct operation send_operations[] = {
	{"sendto", 2, try_sendto, SHARED},
	{"sendto-unspec", 2, try_sendto_unspec, SHARED},
	{"sendmsg", 2, try_sendmsg, SHARED},
	{"sendmmsg", 2, try_sendmmsg, SHARED},
	{0},
};

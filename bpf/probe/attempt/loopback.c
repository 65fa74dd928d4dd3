// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "attempt.h"
#include "report.h"

struct request {
	struct nlmsghdr header;
	struct ifaddrmsg message;
	struct rtattr attribute;
	unsigned char address[sizeof(struct in6_addr)];
};

struct reply {
	struct nlmsghdr header;
	struct nlmsgerr error;
};

static void fill_request(const char *ip, struct request *request)
{
	union address address;
	int v6;
	size_t len;

	parse_address(ip, "0", &address);
	v6 = address.any.sa_family == AF_INET6;
	len = v6 ? sizeof(address.v6.sin6_addr) : sizeof(address.v4.sin_addr);
	memcpy(request->address, v6 ? (void *)&address.v6.sin6_addr : &address.v4.sin_addr, len);
	request->attribute.rta_type = IFA_LOCAL;
	request->attribute.rta_len = RTA_LENGTH(len);
	request->message.ifa_family = address.any.sa_family;
	request->message.ifa_prefixlen = 8 * len;
	request->message.ifa_index = if_nametoindex("lo");
	/* An address that is still being looked for elsewhere cannot be bound. */
	request->message.ifa_flags = v6 ? IFA_F_NODAD : 0;
	request->header.nlmsg_type = RTM_NEWADDR;
	request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
	request->header.nlmsg_len = NLMSG_LENGTH(sizeof(request->message)) + RTA_LENGTH(len);
}

/* IP: for arranging; an address of lo from now on. */
static int try_address(char **args)
{
	struct request request = {0};
	struct reply reply = {0};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	arrange(fd >= 0, "netlink");
	fill_request(args[0], &request);
	arrange(send(fd, &request, request.header.nlmsg_len, 0) >= 0, "netlink");
	arrange(recv(fd, &reply, sizeof(reply), MSG_TRUNC) >= (ssize_t)sizeof(reply), "netlink");
	errno = -reply.error.error;
	return errno;
}

const struct operation loopback_operations[] = {
	{"address", 1, try_address, SHARED},
	{0},
};

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "device.h"

struct request {
	struct nlmsghdr header;
	struct ifinfomsg info;
	char attributes[256];
};

static struct rtattr *add(struct request *request, unsigned short type, const char *text)
{
	struct rtattr *at = (void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
	size_t len = text ? strlen(text) + 1 : 0;

	at->rta_type = type;
	at->rta_len = RTA_LENGTH(len);
	memcpy(RTA_DATA(at), text ? text : "", len);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(at->rta_len);
	return at;
}

/* 0, or an errno: that of the kernel's answer. */
static int ask(const struct request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} reply = {0};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return errno;
	ssize_t n = send(fd, request, request->header.nlmsg_len, 0);

	if (n >= 0)
		n = recv(fd, &reply, sizeof(reply), 0);
	int err = n < 0 ? errno : -reply.error.error;

	close(fd);
	return err;
}

int device_create(const char *kind, const char *name)
{
	struct request request = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(request.info)),
			   .nlmsg_type = RTM_NEWLINK,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
	};

	add(&request, IFLA_IFNAME, name);
	struct rtattr *nest = add(&request, IFLA_LINKINFO, NULL);

	add(&request, IFLA_INFO_KIND, kind);
	nest->rta_len = (char *)&request + request.header.nlmsg_len - (char *)nest;
	errno = ask(&request);
	if (errno)
		return -1;
	int index = if_nametoindex(name);

	return index ? index : -1;
}

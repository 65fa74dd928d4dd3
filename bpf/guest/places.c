// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attach_kind.h"
#include "device.h"
#include "modules.h"
#include "places.h"
#include "warnings.h"

#define LOOPBACK 1
#define PLACES   256

/* Those of one kind, in the order in which they are taken. */
struct stock {
	int list[PLACES];
	size_t count;
	size_t taken;
	/* Why there are no more, and what was to be made. */
	int err;
	const char *what;
};

static struct stock devices, namespaces, netkit, tc, cgroup;
static char cgroup_path[64];

static struct stock *stock_of(enum place_kind kind)
{
	switch (kind) {
	case PLACE_DEVICE:
		return &devices;
	case PLACE_TC:
		return &tc;
	case PLACE_NETKIT:
		return &netkit;
	case PLACE_NETNS:
		return &namespaces;
	case PLACE_CGROUP:
		return &cgroup;
	case PLACE_NONE:
		break;
	}
	return NULL;
}

static void put(struct stock *stock, int place, const char *what)
{
	if (place < 0) {
		stock->err = errno;
		stock->what = what;
	} else if (stock->count < PLACES) {
		stock->list[stock->count++] = place;
	}
}

/* Without the module of dummy devices there is lo. */
static int next_device(size_t index)
{
	char name[16];

	snprintf(name, sizeof(name), "bpmx%zu", index);
	int device = device_create("dummy", name);

	return device < 0 && index == 0 ? LOOPBACK : device;
}

static int tc_device(void)
{
	int device = device_create("dummy", "bpmxtc");

	return device < 0 ? LOOPBACK : device;
}

static int open_netns(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* One that nobody is in; this process comes back to where it was. */
static int new_netns(void)
{
	int here = open_netns();

	if (here < 0 || unshare(CLONE_NEWNET))
		return -1;
	int other = open_netns();

	if (setns(here, CLONE_NEWNET))
		return -1;
	close(here);
	return other;
}

static int new_cgroup(void)
{
	snprintf(cgroup_path, sizeof(cgroup_path), "/sys/fs/cgroup/bpf-matrix-attach-%d", getpid());
	if (mkdir(cgroup_path, 0755))
		return -1;
	return open(cgroup_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Missing modules show in the attempt to attach. */
static void load_tc(void)
{
	module_load("/modules/extra/sch_ingress.ko", "");
	module_load("/modules/extra/cls_bpf.ko", "");
}

static void prepare(enum place_kind kind)
{
	static int netns_err = -1;

	if (kind == PLACE_CGROUP) {
		if (!cgroup.count && !cgroup.err)
			put(&cgroup, new_cgroup(), "no cgroup");
		return;
	}
	/* Everything else is of a network namespace that no other process is in. */
	if (netns_err < 0) {
		netns_err = unshare(CLONE_NEWNET) ? errno : 0;
		/* None in the network namespace of everybody else. */
		module_load("/modules/extra/dummy.ko", "numdummies=0");
	}
	struct stock *stock = stock_of(kind);

	if (netns_err) {
		errno = netns_err;
		put(stock, -1, "no network namespace");
	} else if (kind == PLACE_DEVICE) {
		put(stock, next_device(stock->count), "no further device of type dummy");
	} else if (kind == PLACE_NETNS) {
		put(stock, stock->count ? new_netns() : open_netns(), "no network namespace");
	} else if (kind == PLACE_TC && !stock->count) {
		load_tc();
		put(stock, tc_device(), NULL);
	} else if (kind == PLACE_NETKIT && !stock->count) {
		put(stock, device_create("netkit", "bpmxkit"), "no device of type netkit");
	}
}

void places_prepare(const struct object *object)
{
	for (size_t i = 0; i < object->nprogs; i++) {
		const struct attach_kind *kind = attach_kind_of(object->progs[i].prog);

		if (kind && kind->place != PLACE_NONE)
			prepare(kind->place);
	}
}

int place_take(enum place_kind kind)
{
	struct stock *stock = stock_of(kind);
	bool shared = kind != PLACE_DEVICE && kind != PLACE_NETNS;

	if (stock->taken < stock->count)
		return stock->list[shared ? 0 : stock->taken++];
	warnings_add("attach: %s: %s", stock->what ? stock->what : "no place is left",
		     strerror(stock->err));
	errno = stock->err ? stock->err : ENOSPC;
	return -1;
}

void places_remove(void)
{
	if (*cgroup_path)
		rmdir(cgroup_path);
	*cgroup_path = 0;
}

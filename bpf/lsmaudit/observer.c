/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "observer.h"

#define LSM_LIST "/sys/kernel/security/lsm"

/* Families are followed before anybody can be named. */
static const char *const programs[OBSERVER_PROGRAMS] = {
	"follow_fork",
	"forget_exit",
	"audit_connect",
	"audit_open",
};

bool lsm_list_has_bpf(void)
{
	FILE *file = fopen(LSM_LIST, "re");
	char list[512] = ",";
	size_t len = file ? fread(list + 1, 1, sizeof(list) - 3, file) : 0;

	if (file)
		fclose(file);
	list[len + 1] = '\0';
	strcpy(list + strcspn(list, "\n"), ",");
	return strstr(list, ",bpf,");
}

static int load(struct observer *observer, const char *path, const struct observer_sizes *sizes)
{
	struct bpf_map *events, *seen;

	observer->object = bpf_object__open_file(path, NULL);
	if (!observer->object)
		return -1;
	events = bpf_object__find_map_by_name(observer->object, "events");
	seen = bpf_object__find_map_by_name(observer->object, "seen");
	/* Another object: nothing of it would be observed. */
	if (!events || !seen) {
		errno = ENOENT;
		return -1;
	}
	if (bpf_map__set_max_entries(events, sizes->ring) ||
	    bpf_map__set_max_entries(seen, sizes->remember))
		return -1;
	if (bpf_object__load(observer->object))
		return -1;
	observer->events = bpf_map__fd(events);
	observer->lost = bpf_object__find_map_fd_by_name(observer->object, "lost");
	return observer->lost < 0 ? -1 : 0;
}

static int attach(struct observer *observer)
{
	for (int i = 0; i < OBSERVER_PROGRAMS; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(observer->object, programs[i]);

		observer->links[i] = program ? bpf_program__attach(program) : NULL;
		if (!observer->links[i])
			return -1;
	}
	return 0;
}

/* A pin that is there already belongs to an observer that runs, or to one that was killed. */
static int pin(const struct observer *observer)
{
	int traced = bpf_object__find_map_fd_by_name(observer->object, "traced");

	unlink(TRACED_PIN);
	return bpf_obj_pin(traced, TRACED_PIN);
}

const char *observer_start(struct observer *observer, const char *path,
			   const struct observer_sizes *sizes)
{
	memset(observer, 0, sizeof(*observer));
	if (load(observer, path, sizes))
		return "LOAD_FAILED";
	if (attach(observer))
		return "ATTACH_FAILED";
	return pin(observer) ? "PIN_FAILED" : NULL;
}

void observer_lost(const struct observer *observer, __u64 counts[LOST_KINDS])
{
	for (__u32 i = 0; i < LOST_KINDS; i++)
		if (bpf_map_lookup_elem(observer->lost, &i, &counts[i]))
			counts[i] = 0;
}

void observer_detach(struct observer *observer)
{
	if (observer->object)
		unlink(TRACED_PIN);
	for (int i = 0; i < OBSERVER_PROGRAMS; i++)
		bpf_link__destroy(observer->links[i]);
	memset(observer->links, 0, sizeof(observer->links));
}

void observer_free(struct observer *observer)
{
	observer_detach(observer);
	bpf_object__close(observer->object);
	observer->object = NULL;
}

int observer_trace(__u32 pid)
{
	struct audit_traced traced;
	struct timespec now;
	int fd = bpf_obj_get(TRACED_PIN);
	int failed;

	if (fd < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &now);
	traced.since = now.tv_sec * 1000000000ULL + now.tv_nsec;
	failed = bpf_map_update_elem(fd, &pid, &traced, BPF_ANY);
	close(fd);
	return failed ? -1 : 0;
}

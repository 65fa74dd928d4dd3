/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lock.h"
#include "outcome.h"
#include "takeover.h"

/* An agent that has not ended by then is stuck. Nothing is lost by killing it but its last events:
 * this one enforces already. */
#define END_MS  10000
#define KILL_MS 5000

/* Another may start in the moment in which nobody holds the lock; it is taken over as well. */
#define LOCK_ATTEMPTS 3

/* The id of the map behind a descriptor of another process; 0: it is no map. */
static unsigned map_id_of(pid_t pid, const char *fd)
{
	char path[64], line[128];
	unsigned id = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", pid, fd);
	file = fopen(path, "re");
	while (file && !id && fgets(line, sizeof(line), file))
		sscanf(line, "map_id: %u", &id);
	if (file)
		fclose(file);
	return id;
}

/* False unless the map is an agent_config. */
static bool read_config(unsigned map_id, struct agent_config *config)
{
	struct bpf_map_info info = {0};
	__u32 len = sizeof(info), zero = 0;
	int fd = bpf_map_get_fd_by_id(map_id);
	bool read;

	if (fd < 0)
		return false;
	read = !bpf_obj_get_info_by_fd(fd, &info, &len) && !strcmp(info.name, "agent_config") &&
	       info.value_size == sizeof(*config) && !bpf_map_lookup_elem(fd, &zero, config);
	close(fd);
	return read;
}

/* The policy generation of a running agent; 0 where its agent_config cannot be seen. */
static unsigned long long generation_of(pid_t pid)
{
	struct agent_config config = {0};
	struct dirent *entry;
	char path[64];
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		unsigned id = map_id_of(pid, entry->d_name);

		if (id && read_config(id, &config))
			break;
	}
	if (folder)
		closedir(folder);
	return config.policy_generation;
}

static const char *lock_blocker(int err)
{
	if (err == -EBUSY)
		return "SECOND_INSTANCE";
	return err == -EACCES || err == -EPERM ? "PRIVILEGES_MISSING" : "LOCK_FAILED";
}

int takeover_lock(struct agent *agent)
{
	struct lock_owner other;
	int err = lock_take(agent->report_path, &other);

	if (!err)
		return 0;
	/* The running agent's report stays its own. */
	if (err == -EBUSY && !strcmp(other.report_path, agent->report_path))
		strcat(agent->report_path, ".second-instance");
	if (err == -EBUSY && agent->options.takeover) {
		agent->beside = true;
		agent->generation = generation_of(other.pid) + 1;
		return 0;
	}
	set_failure(agent, lock_blocker(err), "%s",
		    err == -EBUSY ? "another agent is running" : strerror(-err));
	return -1;
}

void takeover_gate(struct agent *agent)
{
	if (!agent->beside || agent->report.state != STATE_AUDIT_FALLBACK)
		return;
	set_failure(agent, "TAKEOVER_REFUSED",
		    "a running agent is not ended for one that cannot enforce");
	agent->report.state = STATE_DEGRADED;
}

/* True when the process has ended by `ms` from now. */
static bool ends_within(int pidfd, int ms)
{
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	int count;

	do
		count = poll(&end, 1, ms);
	while (count < 0 && errno == EINTR);
	return count > 0;
}

/* 0 when the owner of the lock has ended, by itself or not. */
static int end_owner(pid_t pid)
{
	int pidfd = pid ? lock_open_owner(pid) : -ESRCH;
	int err = 0;

	if (pidfd == -ESRCH && pid)
		return 0;
	if (pidfd < 0)
		return pidfd;
	if (syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0) && errno != ESRCH)
		err = -errno;
	if (!err && !ends_within(pidfd, END_MS)) {
		fprintf(stderr, "aegis-agent: agent %d does not end at SIGTERM: killed\n", pid);
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		err = ends_within(pidfd, KILL_MS) ? 0 : -ETIMEDOUT;
	}
	close(pidfd);
	return err;
}

static int take_from_owner(const char *report_path)
{
	struct lock_owner other;
	int err = lock_take(report_path, &other);

	for (int i = 0; err == -EBUSY && i < LOCK_ATTEMPTS; i++) {
		err = end_owner(other.pid);
		if (!err)
			err = lock_take(report_path, &other);
	}
	return err;
}

int takeover_complete(struct agent *agent)
{
	char beside[sizeof(agent->report_path)];
	int err;

	if (!agent->beside)
		return 0;
	/* Where this report cannot be written, the next one cannot either, and it would be too
	 * late. */
	err = report_write(&agent->report, agent->report_path);
	if (err) {
		set_failure(agent, "TAKEOVER_FAILED", "no report at %s: %s", agent->report_path,
			    strerror(-err));
		return -1;
	}
	err = take_from_owner(agent->options.report_path);
	if (err) {
		set_failure(agent, "TAKEOVER_FAILED", "the running agent does not end: %s",
			    strerror(-err));
		return -1;
	}
	strcpy(beside, agent->report_path);
	snprintf(agent->report_path, sizeof(agent->report_path), "%s", agent->options.report_path);
	if (strcmp(beside, agent->report_path))
		unlink(beside);
	agent->beside = false;
	agent->report.taken_over = true;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What faulty agents do. No part of the real one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"
#include "outcome.h"

void fault_pause_ms(unsigned ms)
{
	struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&pause, NULL);
}

static const struct policy *quarantined;

void fault_remember_policy(const struct policy *policy)
{
	quarantined = policy;
}

void fault_take_away(const char *event)
{
	const char *ino = strstr(event, "\"action\":\"BLOCK\"") ? strstr(event, "\"ino\":") : NULL;

	const struct policy_text *paths = quarantined ? quarantined->deny_path.items : NULL;

	for (size_t i = 0; ino && quarantined && i < quarantined->deny_path.count; i++) {
		const char *path = paths[i].text;
		size_t len = strlen(path);
		struct stat st;

		if (len > 7 && !strcmp(path + len - 7, "/doomed") && !stat(path, &st) &&
		    st.st_ino == strtoull(ino + 6, NULL, 10))
			unlink(path);
	}
}

void fault_open_init(void)
{
	int fd = open("/proc/1/mem", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
}

static void panic_kernel(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "c", 1) != 1)
		fputs("aegis-agent: no /proc/sysrq-trigger: no panic\n", stderr);
}

void fault_line_printed(void)
{
	static unsigned lines;
	/* Not constant for the compiler, which may take an endless loop for unreachable. */
	volatile bool forever = true;

	if (++lines != 3)
		return;
	if (fault_crash())
		abort();
	if (fault_panic())
		panic_kernel();
	while (fault_hang() && forever)
		;
}

/* A report of perfect health of an agent that has not loaded a program. */
void fault_claim(struct agent *agent, enum runtime_state state)
{
	const struct report honest = agent->report;
	struct report *report = &agent->report;

	for (size_t i = 0; i < hook_count; i++) {
		agent->object.programs[i].status = PROGRAM_ATTACHED;
		strcpy(agent->object.programs[i].why, "attached");
	}
	report->facts.usable = true;
	report->facts.hooks_attached = state == STATE_ENFORCE;
	report->facts.signal_deliverable = state == STATE_ENFORCE_SIGNAL;
	report->policy_applied = true;
	report->state = state;
	announce_outcome(agent);
	*report = honest;
	fault_pause_ms(2000);
}

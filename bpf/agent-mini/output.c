/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "output.h"

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void write_hooks(FILE *file, const struct guard *guard)
{
	for (int i = 0; i < GUARD_HOOKS; i++) {
		bool attached = guard->hook_states[i] && !strcmp(guard->hook_states[i], "attached");

		fprintf(file, "%s\"%s\":%s", i ? "," : "", guard_hook(i),
			!i && planted(FAULT_HOOK_WORD) ? "\"maybe\"" : truth(attached));
	}
}

static void write_report(FILE *file, const struct guard *guard, const struct rules *rules,
			 const char *state, const char *blocker)
{
	struct utsname kernel;

	uname(&kernel);
	fprintf(file, "{\"written\":\"%s\",\"kernel\":{\"release\":\"%s\",\"bpf_lsm\":%s},",
		time_now(), kernel.release, truth(guard->lsm_enabled));
	fprintf(file, "\"posture\":\"%s\",\"can_guard\":\"%s\",\"problems\":[", state,
		blocker ? "no" : "yes");
	if (blocker)
		fprintf(file, "\"%s\"", blocker);
	fprintf(file, "],\"hooks\":{");
	write_hooks(file, guard);
	fprintf(file, "},\"policy\":{\"number\":%u,\"rules\":%u}}\n", rules->version,
		rules->file_count + rules->address_count + rules->process_count);
}

int save_report(const char *path, const struct guard *guard, const struct rules *rules,
		const char *state, const char *blocker)
{
	char temporary[4200];
	FILE *file;

	snprintf(temporary, sizeof(temporary), "%.4090s.new", path);
	file = fopen(temporary, "we");
	if (!file)
		return -1;
	write_report(file, guard, rules, state, blocker);
	return fclose(file) || rename(temporary, path) ? -1 : 0;
}

static unsigned long long own_cgroup(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096], path[4200];
	struct stat status = {0};

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, sizeof(path), "/sys/fs/cgroup%s", line + 3);
		if (!strncmp(line, "0::", 3))
			stat(path, &status);
	}
	if (file)
		fclose(file);
	return status.st_ino;
}

static unsigned long long own_start(void)
{
	FILE *file = fopen("/proc/self/stat", "re");
	unsigned long long ticks = 0;
	char line[1024], *at;

	if (file && fgets(line, sizeof(line), file)) {
		at = strrchr(line, ')');
		for (int field = 2; at && field < 22; field++)
			at = strchr(at + 1, ' ');
		if (at)
			sscanf(at, "%llu", &ticks);
	}
	if (file)
		fclose(file);
	return ticks;
}

const char *time_now(void)
{
	static char text[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(text, sizeof(text), "%FT%TZ", gmtime_r(&now, &tm));
	return text;
}

bool planted(const char *fault)
{
	const char *wanted = getenv("MINI_FAULT");

	return wanted && !strcmp(wanted, fault);
}

void print_state(const char *state, const char *reason)
{
	if (planted(FAULT_STATE_WORD))
		state = "protecting";
	printf("{\"event\":\"posture\",\"at\":\"%s\",\"posture\":\"%s\",\"reason\":\"%s\",",
	       time_now(), state, reason);
	printf("\"process\":{\"pid\":%d,\"parent\":%d,\"started\":%llu,\"name\":\"mini-guard\","
	       "\"cgroup\":%llu}}\n",
	       getpid(), getppid(), own_start(), own_cgroup());
	fflush(stdout);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "output.h"

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void write_report(FILE *file, const struct guard *guard, const struct rules *rules,
			 const char *state, const char *blocker)
{
	bool enforces = !strcmp(state, "ENFORCE");
	struct utsname kernel;

	uname(&kernel);
	fprintf(file, "{\"schema_version\":1,\"kernel_version\":\"%s\",\"capability\":\"%s\",",
		kernel.release, blocker ? "Disabled" : "Full");
	fprintf(file, "\"audit_only\":%s,\"enforce_capable\":%s,\"enforce_blockers\":[",
		truth(!enforces), truth(!blocker));
	if (blocker)
		fprintf(file, "\"%s\"", blocker);
	fprintf(file, "],\"runtime_state\":\"%s\",\"lsm_enabled\":%s,\"hooks\":{", state,
		truth(guard->lsm_enabled));
	for (int i = 0; i < GUARD_HOOKS; i++)
		fprintf(file, "%s\"lsm_%s\":\"%s\"", i ? "," : "", guard_hook(i),
			guard->hook_states[i] ? guard->hook_states[i] : "not loaded");
	fprintf(file,
		"},\"requirements\":{\"bpf_lsm\":true},\"requirements_met\":{\"bpf_lsm\":%s},",
		truth(guard->lsm_enabled));
	fprintf(file, "\"policy\":{\"version\":%u,\"rules\":%u}}\n", rules->version,
		rules->file_count + rules->address_count);
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

void print_state(const char *state, const char *reason)
{
	printf("{\"type\":\"state_change\",\"pid\":%d,\"ppid\":%d,\"start_time\":%llu,", getpid(),
	       getppid(), own_start());
	printf("\"comm\":\"mini-guard\",\"cgid\":%llu,\"action\":\"%s\",\"state\":\"%s\","
	       "\"reason\":\"%s\"}\n",
	       own_cgroup(), strcmp(state, "ENFORCE") ? "AUDIT" : "BLOCK", state, reason);
	fflush(stdout);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tell.h"

#define NSEC_PER_TICK 10000000ULL

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
		fprintf(file, "%s\"lsm_%s\":\"%s\"", i ? "," : "", guard_hooks[i],
			guard->hook_states[i]);
	fprintf(file,
		"},\"requirements\":{\"bpf_lsm\":true},\"requirements_met\":{\"bpf_lsm\":%s},",
		truth(guard->lsm_enabled));
	fprintf(file, "\"policy\":{\"version\":%u,\"rules\":%u}}\n", rules->version,
		rules->file_count + rules->address_count);
}

int tell_report(const char *path, const struct guard *guard, const struct rules *rules,
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

/* A process name as a JSON string: any byte but NUL may be in it. */
static void put_comm(const char *comm, size_t size)
{
	printf("\"comm\":\"");
	for (size_t i = 0; i < size && comm[i]; i++) {
		unsigned char byte = comm[i];

		if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\')
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	printf("\",");
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

void tell_state(const char *state, const char *reason)
{
	printf("{\"type\":\"state_change\",\"pid\":%d,\"ppid\":%d,\"start_time\":%llu,", getpid(),
	       getppid(), own_start());
	put_comm("mini-guard", 16);
	printf("\"cgid\":%llu,\"action\":\"%s\",\"state\":\"%s\",\"reason\":\"%s\"}\n",
	       own_cgroup(), strcmp(state, "ENFORCE") ? "AUDIT" : "BLOCK", state, reason);
	fflush(stdout);
}

static void put_connect(const struct mini_record *record)
{
	char ip[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &record->ip, ip, sizeof(ip));
	printf(",\"family\":\"ipv4\",\"protocol\":\"%s\",\"direction\":\"egress\"",
	       record->protocol == 6    ? "tcp"
	       : record->protocol == 17 ? "udp"
					: "other");
	printf(",\"remote_ip\":\"%s\",\"remote_port\":%u,\"local_port\":%u,\"rule_type\":\"ip\"",
	       ip, record->port, record->local_port);
}

int tell_record(void *context, void *data, size_t len)
{
	const struct mini_record *record = data;

	(void)context;
	if (len != sizeof(*record))
		return 0;
	printf("{\"type\":\"%s\",\"pid\":%u,\"ppid\":%u,\"start_time\":%llu,",
	       record->kind == MINI_FILE ? "block" : "net_connect_block", record->pid, record->ppid,
	       record->start_ns / NSEC_PER_TICK);
	put_comm(record->comm, sizeof(record->comm));
	printf("\"cgid\":%llu,\"action\":\"%s\"", record->cgroup,
	       record->denied ? "BLOCK" : "AUDIT");
	if (record->kind == MINI_FILE)
		printf(",\"ino\":%llu,\"dev\":%u", record->file.ino, record->file.dev);
	else
		put_connect(record);
	puts("}");
	fflush(stdout);
	return 0;
}

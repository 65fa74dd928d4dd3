// SPDX-License-Identifier: Apache-2.0
/*
 * hostile ATTACK PROGRAM ARG...: becomes PROGRAM, an agent, and leaves a process behind that does
 * what it can to have it judged better than it is. Executed in place of the probe it answers as a
 * probe would that was denied everything.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hostile.h"

static const struct attack *const tables[] = {probe_attacks, init_attacks, file_attacks,
					      machine_attacks};

static const struct attack *find(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct attack *at = tables[i]; at->name; at++)
			if (!strcmp(at->name, name))
				return at;
	return NULL;
}

void each_process(const char *name, void (*act)(pid_t pid))
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char path[300], comm[32] = "";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = atoi(entry->d_name) ? fopen(path, "re") : NULL;
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) && !strncmp(comm, name, strlen(name)))
			act(atoi(entry->d_name));
		fclose(file);
	}
	if (folder)
		closedir(folder);
}

void write_file(const char *path, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0755);

	if (fd < 0)
		return;
	if (write(fd, data, len) < 0)
		perror(path);
	close(fd);
}

/* In place of `attempt batch`. */
static int answer_for_probe(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin))
		printf("{\"id\":%d,\"pid\":%d,\"kind\":\"returned\",\"errno\":1}\n", atoi(line),
		       getpid());
	return 0;
}

static void attack_while_it_lives(const struct attack *attack, pid_t agent)
{
	setsid();
	while (getppid() == agent) {
		attack->run();
		usleep(1000);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	const struct attack *attack = argc > 2 ? find(argv[1]) : NULL;
	pid_t agent = getpid();

	if (argc == 2 && !strcmp(argv[1], "batch"))
		return answer_for_probe();
	if (!attack) {
		fputs("usage: hostile ATTACK PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	if (!fork())
		attack_while_it_lives(attack, agent);
	execv(argv[2], argv + 2);
	perror(argv[2]);
	return 1;
}

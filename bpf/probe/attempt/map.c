// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>

#include "attempt.h"
#include "cgroup.h"
#include "map.h"
#include "report.h"

int try_mapping(int fd, int protection)
{
	return outcome(mmap(0, 4096, protection, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
}

/* PATH: mapped executable, as the dynamic loader does it. */
static int try_map(char **args)
{
	int fd = open(args[0], O_RDONLY);

	arrange(fd >= 0, args[0]);
	return try_mapping(fd, PROT_READ | PROT_EXEC);
}

/* PATH: opened where it started, an exempt cgroup, and mapped for reading from the root cgroup. */
static int try_map_opened(char **args)
{
	int fd = open(args[0], O_RDONLY);

	arrange(fd >= 0, args[0]);
	enter_cgroup("/");
	return try_mapping(fd, PROT_READ);
}

const struct operation map_operations[] = {
	{"map", 1, try_map, OWNED},
	{"map-opened", 1, try_map_opened, OWNED},
	{0},
};

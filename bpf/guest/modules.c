// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "modules.h"
#include "ops.h"

int module_load(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, parameters, 0) && errno != EEXIST)
		err = errno;
	close(fd);
	return err;
}

void modules_load_list(const char *list)
{
	FILE *file = fopen(list, "re");
	char line[PATH_MAX];

	/* No list: everything the boot needs is built in. */
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (!*line)
			continue;
		int err = module_load(line, "");

		if (!err)
			continue;
		dprintf(STDERR_FILENO, "bpf-matrix-guest: module %s: %s\n", line, strerror(err));
		note_setup_failure(line, err);
	}
	fclose(file);
}

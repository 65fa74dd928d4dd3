// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"

void make_parents(const char *path)
{
	char part[PATH_MAX];

	if (strlen(path) >= sizeof(part))
		return;
	strcpy(part, path);
	for (char *at = part + 1; *part && (at = strchr(at, '/')); at++) {
		*at = 0;
		mkdir(part, 0755);
		*at = '/';
	}
}

void make_folder(const char *path)
{
	make_parents(path);
	mkdir(path, 0755);
}

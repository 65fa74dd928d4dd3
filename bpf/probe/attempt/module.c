// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"
#include "report.h"

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* A kernel that came without its modules package. */
	if (fd < 0 && errno == ENOENT)
		absent("%s: %s", path, strerror(errno));
	arrange(fd >= 0, path);
	return fd;
}

/* The module that lies in this file, so that it can be loaded again. */
static void unload(const char *path)
{
	const char *slash = strrchr(path, '/');
	char name[64];

	snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path);
	name[strcspn(name, ".")] = 0;
	for (char *at = name; *at; at++)
		if (*at == '-')
			*at = '_';
	arrange(!syscall(SYS_delete_module, name, O_NONBLOCK), "unloading it again");
}

static int loaded(const char *path, long result, const char *call)
{
	int err = outcome_of(result, call);

	if (!err)
		unload(path);
	return err;
}

/* PATH: a real module, from memory. */
static int try_init_real(char **args)
{
	int fd = open_file(args[0]);
	struct stat status;
	void *image;

	arrange(!fstat(fd, &status), args[0]);
	image = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	arrange(image != MAP_FAILED, args[0]);
	return loaded(args[0], syscall(SYS_init_module, image, status.st_size, ""), "init_module");
}

/* PATH: a real module, from its file. */
static int try_finit_real(char **args)
{
	return loaded(args[0], syscall(SYS_finit_module, open_file(args[0]), "", 0),
		      "finit_module");
}

/* PATH: a module, or not: without a rule the errno is that of the module loader. It stays. */
static int try_finit_module(char **args)
{
	return outcome(syscall(SYS_finit_module, open_file(args[0]), "", 0));
}

/* No module at all: without a rule the module loader says ENOEXEC. */
static int try_init_module(char **args)
{
	static const char no_module[4096];

	(void)args;
	/* Shorter than an ELF header it would be refused before anyone is asked. */
	return outcome(syscall(SYS_init_module, no_module, sizeof(no_module), ""));
}

const struct operation module_operations[] = {
	{"init-module", 1, try_init_real, OWNED},
	{"finit-module", 1, try_finit_real, OWNED},
	{"init_module", 0, try_init_module, OWNED},
	{"finit_module", 1, try_finit_module, OWNED},
	{0},
};

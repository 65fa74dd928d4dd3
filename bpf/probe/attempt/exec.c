// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"
#include "map.h"
#include "report.h"

/* PATH: or of a script, whose first line names what is then executed. */
static int try_exec(char **args)
{
	char *const argv[] = {args[0], NULL};

	execv(args[0], argv);
	return errno;
}

static int execute(int fd, char *name)
{
	char *const argv[] = {name, NULL};

	return outcome(syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH));
}

/* PATH: by a descriptor that was never opened for reading. */
static int try_execveat(char **args)
{
	int fd = open(args[0], O_PATH | O_CLOEXEC);

	arrange(fd >= 0, args[0]);
	return execute(fd, args[0]);
}

/* PATH: its bytes, in memory. */
static int try_memfd_exec(char **args)
{
	int from = open(args[0], O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("attempt", MFD_CLOEXEC);
	ssize_t copied;

	arrange(from >= 0, args[0]);
	facility(fd >= 0, "memfd_create");
	do {
		copied = sendfile(fd, from, NULL, 1 << 20);
	} while (copied > 0);
	arrange(!copied, "a copy in memory");
	return execute(fd, args[0]);
}

/* glibc does not say why it failed to map a segment: what does a mapping like it come to? */
static int reason_to_map(const char *path, const char *message)
{
	int fd;

	if (strstr(message, strerror(EPERM)))
		return EPERM;
	if (strstr(message, strerror(EACCES)))
		return EACCES;
	if (!strstr(message, "failed to map segment"))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : try_mapping(fd, PROT_READ | PROT_EXEC);
}

/* Reports what the loader printed, if anything, and ends. */
static noreturn void listen_to_loader(int fd, const char *path)
{
	char message[REPORT_MAX / 2];
	size_t len = 0;
	ssize_t more;
	int reason;

	while (len < sizeof(message) - 1 &&
	       (more = read(fd, message + len, sizeof(message) - 1 - len)) > 0)
		len += more;
	message[len] = 0;
	message[strcspn(message, "\n")] = 0;
	reason = reason_to_map(path, message);
	if (is_denial(reason))
		report_returned(reason);
	else if (len)
		not_arranged("%s", message);
	_exit(0);
}

/*
 * LOADER PATH: the loader is executed with PATH as what it has to load. The acting process becomes
 * the loader, so that events name it; a helper reads its output.
 */
static int try_loader(char **args)
{
	char *const argv[] = {args[0], args[1], NULL};
	int ends[2];
	pid_t pid;

	arrange(!pipe2(ends, O_CLOEXEC), "a pipe");
	pid = fork();
	arrange(pid >= 0, "a reader");
	if (!pid) {
		close(ends[1]);
		listen_to_loader(ends[0], args[1]);
	}
	arrange(dup2(ends[1], STDERR_FILENO) >= 0, "stderr");
	close(ends[1]);
	execv(args[0], argv);
	not_arranged("%s: %s", args[0], strerror(errno));
}

const struct operation exec_operations[] = {
	{"exec", 1, try_exec, SHARED},         {"script", 1, try_exec, SHARED},
	{"execveat", 1, try_execveat, SHARED}, {"memfd-exec", 1, try_memfd_exec, SHARED},
	{"loader", 2, try_loader, OWNED},      {0},
};

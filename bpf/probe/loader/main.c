// SPDX-License-Identifier: Apache-2.0
/*
 * loader OBJECT...: loads each program of each object alone, as plain libbpf does it, and amends
 * nothing. It is what the verdicts of bpf/guest are held against (scripts/compare-objects), and
 * shares no code with it.
 *
 * Prints a line a program, with tabs between: OBJECT PROGRAM STAGE ERRNO WARNINGS. STAGE is open
 * (PROGRAM is -), load, or died (ERRNO is the signal); WARNINGS are those of libbpf.
 */
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

/* Seconds that one program has. */
#define PATIENCE 120
/* A verifier's log is one warning; only what libbpf says itself is wanted. */
#define WARNING_MAX 400

/* How the child that loads one program ended. */
enum child_end {
	TOLD,
	NO_MORE_PROGRAMS,
	NOT_OPENED,
	BROKEN,
};

static char warnings[4096];

static int note_warning(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[WARNING_MAX + 1];
	size_t used = strlen(warnings);

	if (level != LIBBPF_WARN)
		return 0;
	int len = vsnprintf(line, sizeof(line), format, args);

	if (len <= 0 || len > WARNING_MAX || used + len + 1 > sizeof(warnings))
		return 0;
	for (int i = 0; i < len; i++) {
		if (line[i] == '\t' || line[i] == '\n')
			line[i] = ' ';
	}
	memcpy(warnings + used, line, len + 1);
	return 0;
}

static enum child_end tell(const char *path, const char *program, const char *stage, int err)
{
	printf("%s\t%s\t%s\t%d\t%s\n", path, program, stage, -err, warnings);
	return fflush(stdout) ? BROKEN : TOLD;
}

/* A bpffs of its own: a map pinned by one load must not be found by the next. */
static int hide_pins(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -1;
	return mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL);
}

static struct bpf_program *choose(struct bpf_object *object, int chosen)
{
	struct bpf_program *prog, *found = NULL;
	int at = 0;

	bpf_object__for_each_program (prog, object) {
		bool it = at++ == chosen;

		bpf_program__set_autoload(prog, it);
		if (it)
			found = prog;
	}
	return found;
}

static enum child_end load_one(const char *path, int chosen)
{
	struct bpf_object *object;
	struct bpf_program *prog;

	alarm(PATIENCE);
	if (hide_pins())
		return BROKEN;
	libbpf_set_print(note_warning);
	object = bpf_object__open_file(path, NULL);
	int err = libbpf_get_error(object);

	if (err)
		return tell(path, "-", "open", err) == TOLD ? NOT_OPENED : BROKEN;
	prog = choose(object, chosen);
	if (!prog)
		return NO_MORE_PROGRAMS;
	return tell(path, bpf_program__name(prog), "load", bpf_object__load(object));
}

/* In a child: what a foreign object does to libbpf stays there. */
static enum child_end in_child(const char *path, int chosen)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return BROKEN;
	if (pid == 0)
		_exit(load_one(path, chosen));
	if (waitpid(pid, &status, 0) != pid)
		return BROKEN;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	char number[16];

	snprintf(number, sizeof(number), "#%d", chosen);
	return tell(path, number, "died", -WTERMSIG(status));
}

static int load_object(const char *path)
{
	for (int chosen = 0;; chosen++) {
		switch (in_child(path, chosen)) {
		case TOLD:
			break;
		case NO_MORE_PROGRAMS:
		case NOT_OPENED:
			return 0;
		case BROKEN:
			perror("loader");
			return 1;
		}
	}
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: loader OBJECT...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (load_object(argv[i]))
			return 1;
	}
	return 0;
}

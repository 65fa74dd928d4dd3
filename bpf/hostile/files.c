// SPDX-License-Identifier: Apache-2.0
/* What can be left where the agent writes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostile.h"

#define TERABYTE (1LL << 40)

static const char *report(void)
{
	const char *path = getenv("AEGIS_CAPABILITIES_REPORT_PATH");

	return path ? path : "/agent/capabilities.json";
}

/* Moved into its place, so that the agent's own is not there for a moment. */
static void put_report(const char *made)
{
	if (rename(made, report()))
		perror(report());
}

static void write_report(const char *text, size_t len)
{
	write_file("/agent/made", text, len);
	put_report("/agent/made");
}

static void report_object(void)
{
	static const char text[] =
		"{\"runtime_state\":{\"toString\":1},\"hooks\":{\"__proto__\":1}}";

	write_report(text, sizeof(text) - 1);
}

static void report_brackets(void)
{
	static char text[3000000];

	memset(text, '[', sizeof(text));
	write_report(text, sizeof(text));
}

/* Objects in objects, whole. */
static void report_deep(void)
{
	enum { DEEP = 100000 };
	static char text[DEEP * 6 + 1];

	for (int i = 0; i < DEEP; i++) {
		memcpy(text + 5 * i, "{\"a\":", 5);
		text[5 * DEEP + 1 + i] = '}';
	}
	text[5 * DEEP] = '1';
	write_report(text, sizeof(text));
}

static void report_zero(void)
{
	if (!symlink("/dev/zero", "/agent/made"))
		put_report("/agent/made");
}

static void report_fifo(void)
{
	if (!mkfifo("/agent/made", 0600))
		put_report("/agent/made");
}

static void make_sparse(const char *path, int fd)
{
	if (fd < 0 || ftruncate(fd, TERABYTE))
		perror(path);
}

static void report_sparse(void)
{
	int fd = open("/agent/made", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	make_sparse("/agent/made", fd);
	close(fd);
	put_report("/agent/made");
}

static void stdout_sparse(void)
{
	static int done;

	if (!done++)
		make_sparse("stdout", STDOUT_FILENO);
}

/* As much as the machine has room for. */
static void stdout_flood(void)
{
	static char lines[1 << 16];
	static int written;

	memset(lines, '\n', sizeof(lines));
	for (; written < 900; written++)
		if (write(STDOUT_FILENO, lines, sizeof(lines)) < 0)
			return;
}

/* Denials of everybody, whoever asks. */
static void forge_events(void)
{
	static int pid = 2;
	char line[400];
	int len;

	for (int i = 0; i < 50 && pid < 4000; i++, pid++) {
		len = snprintf(
			line, sizeof(line),
			"{\"type\":\"block\",\"pid\":%d,\"ppid\":1,\"start_time\":1,\"comm\":"
			"\"attempt\",\"cgid\":1,\"action\":\"BLOCK\",\"rule\":\"inode\","
			"\"ino\":1,\"dev\":2}\n",
			pid);
		if (write(STDOUT_FILENO, line, len) < 0)
			return;
	}
}

const struct attack file_attacks[] = {
	{"report-object", report_object}, {"report-brackets", report_brackets},
	{"report-deep", report_deep},     {"report-zero", report_zero},
	{"report-fifo", report_fifo},     {"report-sparse", report_sparse},
	{"stdout-sparse", stdout_sparse}, {"stdout-flood", stdout_flood},
	{"forge-events", forge_events},   {0},
};

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../common/json.h"
#include "oracle.h"

/* CONSOLE_EXT_LOG_MAX of the kernel, the longest record. */
#define RECORD_MAX 8192

/* "priority,sequence,time,flags;text\n key=value...": 0 for one that is not like that. */
static int parse(char *record, unsigned int *priority, long long *seq, char **text)
{
	*text = strchr(record, ';');
	if (!*text || sscanf(record, "%u,%lld,", priority, seq) != 2)
		return 0;
	++*text;
	(*text)[strcspn(*text, "\n")] = 0;
	return 1;
}

/* Anyone can write there, but not as the kernel: that is facility 0. */
static void print_record(unsigned int priority, long long seq, const char *text)
{
	if (priority >> 3)
		return;
	printf("{\"seq\":%lld,\"level\":%u,\"text\":", seq, priority & 7);
	json_string(stdout, text);
	puts("}");
}

/* Of an open log: the last record that was read from it. Shared by all that read it. */
static long long *last_read;
static int open_log = -1;

static int open_kmsg(void)
{
	return open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

void prepare_kmsg(void)
{
	void *page = mmap(NULL, sizeof(*last_read), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return;
	last_read = page;
	*last_read = -1;
	open_log = open_kmsg();
}

/* The sequence number of the last record of all, `last` where nothing follows it; -2 when the log
 * cannot be read. */
static long long print_after(int fd, long long after, long long *last)
{
	static char record[RECORD_MAX + 1];
	long long seq = -1;
	unsigned int priority;
	char *text;
	ssize_t len;

	while ((len = read(fd, record, RECORD_MAX)) >= 0 || errno == EPIPE) {
		/* Overwritten before it was read: the next read goes on with the oldest. */
		if (len < 0)
			continue;
		record[len] = 0;
		if (!parse(record, &priority, &seq, &text))
			return -2;
		*last = seq;
		if (seq > after)
			print_record(priority, seq, text);
	}
	return errno == EAGAIN ? *last : -2;
}

/* Goes on where it was read to, or begins anew for who has not seen all of that. */
static long long print_open_log(long long after)
{
	if (after < *last_read && lseek(open_log, 0, SEEK_SET) < 0)
		return -2;
	return print_after(open_log, after, last_read);
}

static long long print_whole_log(long long after)
{
	long long last = -1;
	int fd = open_kmsg();

	if (fd < 0)
		return -2;
	last = print_after(fd, after, &last);
	close(fd);
	return last;
}

int run_kmsg(char **args)
{
	char *end;
	long long after = strtoll(args[0], &end, 10);
	long long last;

	if (*end || !*args[0]) {
		fprintf(stderr, "oracle: %s is not a sequence number\n", args[0]);
		return 2;
	}
	last = open_log >= 0 ? print_open_log(after) : print_whole_log(after);
	if (last == -2) {
		fprintf(stderr, "oracle: /dev/kmsg: %s\n", strerror(errno));
		return 1;
	}
	printf("{\"last\":%lld}\n", last);
	return 0;
}

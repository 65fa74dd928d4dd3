// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The sequence number of the last record of all; -2 when the log cannot be read. */
static long long print_after(int fd, long long after)
{
	static char record[RECORD_MAX + 1];
	long long seq = -1, last = -1;
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
		last = seq;
		if (seq > after)
			print_record(priority, seq, text);
	}
	return errno == EAGAIN ? last : -2;
}

int run_kmsg(char **args)
{
	char *end;
	long long after = strtoll(args[0], &end, 10);
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	long long last;

	if (*end || !*args[0]) {
		fprintf(stderr, "oracle: %s is not a sequence number\n", args[0]);
		return 2;
	}
	last = fd < 0 ? -2 : print_after(fd, after);
	if (last == -2) {
		fprintf(stderr, "oracle: /dev/kmsg: %s\n", strerror(errno));
		return 1;
	}
	printf("{\"last\":%lld}\n", last);
	close(fd);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* The kernel's log, a record at a time, from a socket that keeps records apart as /dev/kmsg does.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "agent/test/check.h"
#include "capture.h"
#include "probe/oracle/oracle.h"

/* The end that is read; -1: it may not be opened. */
static int log_fd = -1;

int __wrap_open(const char *path, int flags);
int __wrap_open(const char *path, int flags)
{
	CHECK_TEXT(path, "/dev/kmsg");
	CHECK(flags & O_NONBLOCK, "a log that is waited for");
	errno = EPERM;
	return log_fd < 0 ? -1 : dup(log_fd);
}

/* open() is the log's. */
static int open_folder(void)
{
	return openat(AT_FDCWD, "/", O_RDONLY | O_CLOEXEC);
}

static const char *asked(const char *after, const char *const *records, int *result)
{
	char word[32];
	char *args[] = {word, NULL};
	int ends[2];
	const char *text;

	snprintf(word, sizeof(word), "%s", after);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends))
		return "no socket";
	for (; records && *records; records++)
		CHECK(send(ends[1], *records, strlen(*records), 0) > 0, "the fixture");
	log_fd = records ? ends[0] : -1;
	capture_begin();
	*result = run_kmsg(args);
	text = capture_end();
	close(ends[0]);
	close(ends[1]);
	return text;
}

static void check_records(void)
{
	static const char *const records[] = {
		"6,10,100,-;booted\n SUBSYSTEM=x\n",
		"12,11,200,-;written by a program of user space\n",
		"4,12,300,-;WARNING: CPU: 0 \"quoted\"; and more\n",
		"3,13,400,c;last\n",
		NULL,
	};
	static const char *const none[] = {NULL};
	int result;

	CHECK_TEXT(
		asked("-1", records, &result),
		"{\"seq\":10,\"level\":6,\"text\":\"booted\"}\n"
		"{\"seq\":12,\"level\":4,\"text\":\"WARNING: CPU: 0 \\\"quoted\\\"; and more\"}\n"
		"{\"seq\":13,\"level\":3,\"text\":\"last\"}\n{\"last\":13}\n");
	CHECK(result == 0, "gives %d", result);
	/* What was reported before is not reported again, and where it ends is. */
	CHECK_TEXT(asked("12", records, &result),
		   "{\"seq\":13,\"level\":3,\"text\":\"last\"}\n{\"last\":13}\n");
	CHECK_TEXT(asked("13", records, &result), "{\"last\":13}\n");
	CHECK_TEXT(asked("-1", none, &result), "{\"last\":-1}\n");
}

/* It opens, and reading it fails: a folder does. */
static void check_unreadable(void)
{
	char *args[] = {"-1", NULL};
	int result;

	log_fd = open_folder();
	capture_begin();
	result = run_kmsg(args);
	CHECK_TEXT(capture_end(), "");
	CHECK(result == 1, "a log that fails gives %d", result);
	close(log_fd);
}

/* A log that cannot be read is never an empty one. */
static void check_refusals(void)
{
	static const char *const nonsense[] = {"6,10,100,-;fine\n", "no record", NULL};
	static const char *const fine[] = {"6,10,100,-;fine\n", NULL};
	int result;

	asked("-1", nonsense, &result);
	CHECK(result == 1, "nonsense gives %d", result);
	asked("-1", NULL, &result);
	CHECK(result == 1, "no log gives %d", result);
	CHECK(strstr(captured_err.text, "Operation not permitted"), "%s", captured_err.text);
	check_unreadable();
	asked("", fine, &result);
	CHECK(result == 2, "no number gives %d", result);
	asked("12x", fine, &result);
	CHECK(result == 2, "another word gives %d", result);
}

/* An open log goes on where it was read to; who has not seen all of that gets it from its start. */
static void check_open_log(void)
{
	static const char *const first[] = {"6,10,100,-;one", "6,11,200,-;two"};
	char all[] = "-1", seen[] = "11", older[] = "10";
	char *from_start[] = {all, NULL}, *from_seen[] = {seen, NULL},
	     *from_older[] = {older, NULL};
	int ends[2];

	CHECK(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), "no socket");
	log_fd = ends[0];
	prepare_kmsg();
	log_fd = -1;
	for (size_t i = 0; i < sizeof(first) / sizeof(*first); i++)
		CHECK(send(ends[1], first[i], strlen(first[i]), 0) > 0, "the fixture");
	capture_begin();
	CHECK(!run_kmsg(from_start), "an open log cannot be read");
	CHECK_TEXT(capture_end(), "{\"seq\":10,\"level\":6,\"text\":\"one\"}\n"
				  "{\"seq\":11,\"level\":6,\"text\":\"two\"}\n{\"last\":11}\n");
	capture_begin();
	CHECK(!run_kmsg(from_seen), "nothing new cannot be read");
	CHECK_TEXT(capture_end(), "{\"last\":11}\n");
	CHECK(send(ends[1], "6,12,300,-;three", 16, 0) == 16, "the fixture");
	capture_begin();
	CHECK(!run_kmsg(from_seen), "a new record cannot be read");
	CHECK_TEXT(capture_end(), "{\"seq\":12,\"level\":6,\"text\":\"three\"}\n{\"last\":12}\n");
	/* A socket has no start that one could go back to, and that is what is tried. */
	capture_begin();
	CHECK(run_kmsg(from_older) == 1, "it does not go back");
	CHECK_TEXT(capture_end(), "");
	CHECK(strstr(captured_err.text, "Illegal seek"), "%s", captured_err.text);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	check_records();
	check_refusals();
	/* The last: from here on there is an open log. */
	check_open_log();
	return conclude("oracle kernel log");
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "children.h"
#include "worker.h"

/* Bytes kept back in a reply for what follows the worker's own fields. */
#define RESERVED 4096
/*
 * Milliseconds after its deadline at which the worker kills itself: an attached LSM program may
 * forbid us the kill(2), but not the kernel's own timer.
 */
#define OWN_GRACE 500
/* Milliseconds between two checks whether a worker that attaches has answered. */
#define ANSWER_TICK 5

/* The worker that lives on after its answer; there is at most one. */
static struct {
	pid_t pid;
	/* Of now_ms(). */
	long long deadline;
} lingering;

void progress_at(struct progress *progress, enum bpmx_stage stage, const char *name)
{
	progress->stage = stage;
	memset(progress->name, 0, sizeof(progress->name));
	strncpy(progress->name, name ? name : "", sizeof(progress->name) - 1);
}

bool worker_answer(struct progress *progress, const struct out *answer)
{
	if (answer->broken || answer->len > sizeof(progress->answer))
		return false;
	memcpy(progress->answer, answer->data, answer->len);
	progress->answer_len = answer->len;
	progress_at(progress, STAGE_DONE, NULL);
	__atomic_store_n(&progress->is_answered, 1, __ATOMIC_RELEASE);
	return true;
}

static void work_in_child(work_fn work, const void *input, unsigned int timeout_ms, int fd,
			  struct progress *progress)
{
	unsigned int own = timeout_ms + OWN_GRACE;
	struct itimerval timer = {.it_value = {own / 1000, own % 1000 * 1000}};
	struct out out;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	setitimer(ITIMER_REAL, &timer, NULL);
	out_init(&out, fd);
	work(input, &out, progress);
	out_flush(&out);
	_exit(out.broken ? 1 : 0);
}

/* What a worker sends, and how it is going. */
struct collection {
	int fd;
	const struct progress *progress;
	struct out *reply;
	/* Of reply->len; beyond it bytes are dropped. */
	size_t cap;
	/* Some were. */
	bool cut;
	long long deadline;
};

enum collected { WRITER_GONE, WRITER_ANSWERED, WRITER_LATE };

static void add(struct collection *collection, const void *data, size_t len)
{
	if (collection->reply->len + len > collection->cap)
		collection->cut = true;
	if (!collection->cut)
		out_raw(collection->reply, data, len);
}

/* A worker that attaches answers without the pipe, and is DONE a moment before it has answered. */
static int patience(const struct collection *collection)
{
	uint32_t stage = collection->progress->stage;
	bool may_answer = stage == STAGE_ATTACH || stage == STAGE_DONE;
	int left = left_ms(collection->deadline);

	return may_answer && left > ANSWER_TICK ? ANSWER_TICK : left;
}

static bool has_answered(const struct progress *progress)
{
	return __atomic_load_n(&progress->is_answered, __ATOMIC_ACQUIRE);
}

/* Reads until the writer is gone, or has answered and left the pipe empty, or the time is up. */
static enum collected collect(struct collection *collection)
{
	static char part[65536];
	struct pollfd readable = {.fd = collection->fd, .events = POLLIN};

	while (left_ms(collection->deadline) > 0) {
		bool is_answered = has_answered(collection->progress);
		int n = poll(&readable, 1, is_answered ? 0 : patience(collection));

		if (n <= 0 && is_answered)
			return WRITER_ANSWERED;
		if (n <= 0)
			continue;
		ssize_t got = read(collection->fd, part, sizeof(part));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return has_answered(collection->progress) ? WRITER_ANSWERED : WRITER_GONE;
		add(collection, part, got);
	}
	return WRITER_LATE;
}

/* Drops a field that was not finished when the worker died. */
static void keep_whole_fields(struct out *reply, size_t from)
{
	struct bpmx_field header;

	while (reply->len - from >= sizeof(header)) {
		memcpy(&header, reply->data + from, sizeof(header));
		if (header.len > reply->len - from - sizeof(header))
			break;
		from += sizeof(header) + header.len;
	}
	reply->len = from;
}

static void append_end(struct out *reply, struct child_end end, const struct progress *progress)
{
	out_u64(reply, F_END, end.end);
	out_u64(reply, F_END_CODE, end.code);
	out_u64(reply, F_PROGRESS_STAGE, progress->stage);
	out_text(reply, F_PROGRESS_NAME, progress->name,
		 strnlen(progress->name, sizeof(progress->name)));
}

static struct child_end finish(pid_t pid, bool in_time, long long deadline)
{
	struct child_end end;

	if (in_time && children_wait(pid, left_ms(deadline) + 1, &end) && end.end != END_RUNNING &&
	    !(end.end == END_SIGNALLED && end.code == SIGALRM))
		return end;
	children_kill(pid);
	return (struct child_end){.end = END_TIMED_OUT};
}

bool worker_settle(void)
{
	struct child_end end;

	if (!lingering.pid)
		return false;
	if (children_wait(lingering.pid, left_ms(lingering.deadline), &end) &&
	    end.end == END_RUNNING)
		children_kill(lingering.pid);
	lingering.pid = 0;
	return true;
}

/* What the worker sent, how it ended, and where it was. */
static void take_answer(pid_t pid, struct collection *collection)
{
	const struct progress *progress = collection->progress;
	struct out *reply = collection->reply;
	size_t from = reply->len;
	enum collected how = collect(collection);
	struct child_end end = {.end = END_RUNNING};

	if (how == WRITER_ANSWERED) {
		add(collection, progress->answer, progress->answer_len);
		lingering.pid = pid;
		lingering.deadline = collection->deadline;
	} else {
		end = finish(pid, how == WRITER_GONE, collection->deadline);
	}
	keep_whole_fields(reply, from);
	append_end(reply, end, progress);
	out_u64(reply, F_TRUNCATED, collection->cut);
}

int worker_run(work_fn work, const void *input, unsigned int timeout_ms, struct out *reply)
{
	struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct collection collection = {
		.progress = progress,
		.reply = reply,
		.cap = BPMX_PAYLOAD_MAX - RESERVED,
		.deadline = now_ms() + timeout_ms,
	};
	int pipe_fds[2];

	if (progress == MAP_FAILED)
		return errno;
	/* What is attached may forbid us memory, too. */
	if (!out_room(reply, BPMX_PAYLOAD_MAX)) {
		munmap(progress, sizeof(*progress));
		return ENOMEM;
	}
	if (pipe2(pipe_fds, O_CLOEXEC)) {
		munmap(progress, sizeof(*progress));
		return errno;
	}
	pid_t pid = children_fork();
	int err = pid < 0 ? errno : 0;

	if (pid == 0)
		work_in_child(work, input, timeout_ms, pipe_fds[1], progress);
	close(pipe_fds[1]);
	collection.fd = pipe_fds[0];
	if (pid > 0)
		take_answer(pid, &collection);
	close(pipe_fds[0]);
	munmap(progress, sizeof(*progress));
	return err;
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "attach_point.h"
#include "insns.h"
#include "line_info.h"
#include "load.h"
#include "target.h"
#include "verifier_log.h"

#define STATS_SIZE (1u << 20)
#define STATS_SENT 4096
/* Room in libbpf's buffer for the text it puts into a log (a failed relocation, a missing map). */
#define FIXUP_ROOM (64u << 10)

struct alone {
	const struct load_request *request;
	struct out *out;
	struct verifier_log stats;
	struct verifier_log full;
	/* What libbpf gets to see and may amend. */
	struct verifier_log amended;
	bool has_lines;
	bool has_insns;
};

static void put_stats(struct out *out, const struct verifier_log *stats)
{
	size_t sent = stats->len < STATS_SENT ? stats->len : STATS_SENT;

	out_text(out, F_STATS_LOG, stats->text + stats->len - sent, sent);
}

/* A rejection is known before its log is: should that take too long, the verdict stays. */
static void put_verdict(struct alone *alone, int err)
{
	out_u64(alone->out, F_VERDICT_ERRNO, err);
	put_stats(alone->out, &alone->stats);
	out_flush(alone->out);
}

/* Hands libbpf the end of the log that is already there. */
static void give_log(struct alone *alone, const union bpf_attr *attr)
{
	char *to = (char *)(uintptr_t)attr->log_buf;
	const struct verifier_log *log = &alone->full;

	if (!to || attr->log_size <= FIXUP_ROOM)
		return;
	size_t room = attr->log_size - FIXUP_ROOM;
	size_t len = log->len < room ? log->len : room;

	memcpy(to, log->text + log->len - len, len);
	to[len] = 0;
}

static int load_one(struct trace *trace, struct object_prog *prog, const union bpf_attr *attr,
		    unsigned int size)
{
	struct alone *alone = trace->data;

	if (prog->tried) {
		give_log(alone, attr);
		errno = prog->err;
		return -1;
	}
	int fd = load_with_stats(attr, size, &alone->stats);
	/* Later attempts may fail for reasons of their own (ENOSPC): this errno is the verdict. */
	int err = errno;

	if (fd < 0) {
		put_verdict(alone, err);
		alone->has_lines = !line_info_write(alone->request->lines_path, attr,
						    bpf_object__btf(trace->object->obj));
		alone->has_insns = !insns_write(alone->request->insns_path, attr);
		fd = load_with_log(attr, size, &alone->stats, &alone->full);
	}
	if (fd >= 0)
		read_prog_info(prog, fd);
	errno = err;
	return fd;
}

/* Writes the last `max` bytes of the log; the path goes to the reply. */
static void save_log(struct out *out, const struct alone *alone)
{
	const struct verifier_log *log = &alone->full;
	const char *text = log->text;
	size_t len = log->len;
	size_t fixed = strnlen(alone->amended.text, alone->amended.size);

	/* libbpf saw the same bytes; a difference is its explanation of the failure. */
	if (fixed && (fixed != len || memcmp(text, alone->amended.text, fixed))) {
		text = alone->amended.text;
		len = fixed;
	}
	if (!len)
		return;
	size_t keep = len < alone->request->log_max ? len : alone->request->log_max;
	int fd = open(alone->request->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return;
	if (!write_all(fd, text + len - keep, keep)) {
		out_string(out, F_LOG_PATH, alone->request->log_path);
		out_u64(out, F_LOG_BYTES, log->seen > len ? log->seen : len);
	}
	close(fd);
}

static void put_result(struct out *out, const struct alone *alone, const struct object_prog *prog)
{
	if (!prog->err)
		put_stats(out, &alone->stats);
	put_prog_info(out, prog);
	put_attach_point(out, prog->prog, prog->tried && !prog->err);
	if (prog->err)
		save_log(out, alone);
	if (alone->has_lines)
		out_string(out, F_LINES_PATH, alone->request->lines_path);
	if (alone->has_insns)
		out_string(out, F_INSNS_PATH, alone->request->insns_path);
	/*
	 * An empty log says nothing about the type: ask with a program known to be good. A loader
	 * that lacks a capability may be refused that one, too.
	 */
	if (prog->err && !alone->full.len && !alone->request->without_capabilities) {
		int answer = libbpf_probe_bpf_prog_type(bpf_program__type(prog->prog), NULL);

		if (answer >= 0)
			out_u64(out, F_TYPE_SUPPORTED, answer);
	}
}

static void load_chosen(struct alone *alone, struct object *object, struct object_prog *chosen,
			struct out *out, struct progress *progress)
{
	struct trace trace = {
		.object = object,
		.progress = progress,
		.load = load_one,
		.failed = STAGE_PREPARE,
		.data = alone,
	};

	for (size_t i = 0; i < object->nprogs; i++)
		bpf_program__set_autoload(object->progs[i].prog, &object->progs[i] == chosen);
	bpf_program__set_log_buf(chosen->prog, alone->amended.text, alone->amended.size);
	trace_set(&trace);
	int err = positive_errno(bpf_object__load(object->obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
	put_result(out, alone, chosen);
}

void load_alone(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct alone alone = {.request = request, .out = out};
	struct object object;

	if (!begin_load(request, &object, out, progress))
		return;
	struct object_prog *chosen = object_find(&object, request->program);

	if (!chosen || !log_alloc(&alone.stats, STATS_SIZE) ||
	    !log_alloc(&alone.full, LOG_SIZE_FIRST) ||
	    !log_alloc(&alone.amended, LOG_SIZE_FIRST + FIXUP_ROOM)) {
		put_outcome(out, STAGE_OPEN, chosen ? ENOMEM : ENOENT, NULL);
		return;
	}
	object_leave_out(&object, request->without_maps);
	/* libbpf would give up as well, with an errno of its own. */
	if (!target_put_failure(chosen->prog, out))
		load_chosen(&alone, &object, chosen, out, progress);
	object_close(&object);
}

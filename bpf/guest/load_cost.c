// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "line_info.h"
#include "load.h"
#include "log_stream.h"
#include "verifier_log.h"
#include "visits.h"

#define STATS_SIZE (1u << 20)

struct cost {
	const struct load_request *request;
	/* Of the file with the records. */
	struct out *costs;
	struct log_stream stream;
	struct verifier_log stats;
};

static void put_cost(const struct cost *cost, const struct object_prog *prog, int err,
		     const union bpf_attr *attr, const struct btf *btf, const struct visits *visits)
{
	size_t mark = out_open(cost->costs, F_PROGRAM);

	out_string(cost->costs, F_NAME, bpf_program__name(prog->prog));
	/* What came of the load with the log: the verdict, or ENOSPC. */
	out_u64(cost->costs, F_ERRNO, err);
	out_text(cost->costs, F_STATS_LOG, visits->tail, visits->tail_len);
	out_u64(cost->costs, F_LOG_BYTES, visits->bytes);
	out_u64(cost->costs, F_UNPLACED, visits->unplaced);
	out_bytes(cost->costs, F_VISITS, visits->insns, visits->ninsns * sizeof(*visits->insns));
	line_info_put(cost->costs, attr, btf);
	functions_put(cost->costs, attr, btf);
	out_close(cost->costs, mark);
	out_flush(cost->costs);
}

/* The verdict first: the long log of a program may end otherwise, for reasons of its own. */
static int load_one(struct trace *trace, struct object_prog *prog, const union bpf_attr *attr,
		    unsigned int size)
{
	struct cost *cost = trace->data;
	struct visits visits;
	const struct log_reader reader = {
		.take = visits_take, .restart = visits_restart, .data = &visits};

	if (prog->tried)
		return trace_dummy_fd();
	int fd = load_with_stats(attr, size, &cost->stats);

	prog->err = fd < 0 ? errno : 0;
	if (!visits_init(&visits, attr->insn_cnt))
		return fd < 0 ? trace_dummy_fd() : fd;
	int again = log_stream_load(&cost->stream, attr, size, cost->stats.keeps_tail, &reader);
	int err = again < 0 ? errno : 0;

	put_cost(cost, prog, err, attr, bpf_object__btf(trace->object->obj), &visits);
	visits_free(&visits);
	if (again >= 0)
		close(again);
	return fd < 0 ? trace_dummy_fd() : fd;
}

static void load_all(struct cost *cost, struct object *object, struct out *out,
		     struct progress *progress)
{
	struct trace trace = {
		.object = object,
		.progress = progress,
		.load = load_one,
		.failed = STAGE_PREPARE,
		.data = cost,
	};

	object_leave_out(object, cost->request->without_maps);
	leave_out_programs(object, cost->request->skip_programs);
	trace_set(&trace);
	int err = positive_errno(bpf_object__load(object->obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
}

void load_cost(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct cost cost = {.request = request};
	struct object object;
	struct out costs;
	int fd = open(request->costs_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0) {
		put_outcome(out, STAGE_OPEN, errno, NULL);
		return;
	}
	out_string(out, F_COSTS_PATH, request->costs_path);
	out_flush(out);
	out_init(&costs, fd);
	cost.costs = &costs;
	log_stream_open(&cost.stream);
	if (!begin_load(request, &object, out, progress))
		return;
	if (log_alloc(&cost.stats, STATS_SIZE)) {
		load_all(&cost, &object, out, progress);
		log_free(&cost.stats);
	} else {
		put_outcome(out, STAGE_PREPARE, errno, NULL);
	}
	object_close(&object);
	out_free(&costs);
	close(fd);
}

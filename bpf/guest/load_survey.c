// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attach.h"
#include "attach_point.h"
#include "load.h"
#include "load_key.h"
#include "verifier_log.h"

/* Bytes; statistics are a few hundred, with a line for each pruned loop or subprogram more. */
#define STATS_SIZE (1u << 20)
/* Bytes of them that are sent. */
#define STATS_SENT 4096

struct survey {
	const struct load_request *request;
	struct out *out;
	struct verifier_log log;
	/* No room for more programs in this reply. */
	bool full;
};

static void put_program(struct survey *survey, const struct object_prog *prog, const char *key)
{
	const struct verifier_log *log = &survey->log;
	size_t sent = log->len < STATS_SENT ? log->len : STATS_SENT;
	size_t mark = out_open(survey->out, F_PROGRAM);

	out_string(survey->out, F_NAME, bpf_program__name(prog->prog));
	out_u64(survey->out, F_ERRNO, prog->err);
	/* The statistics are the last lines. */
	out_text(survey->out, F_STATS_LOG, log->text + log->len - sent, sent);
	put_prog_info(survey->out, prog);
	if (*key)
		out_string(survey->out, F_LOAD_KEY, key);
	if (!prog->err)
		put_attach_point(survey->out, prog->prog, true);
	out_close(survey->out, mark);
	out_flush(survey->out);
}

/* Puts a program whose verdict the harness has; its key, and nothing of the kernel. */
static void put_known(struct survey *survey, const struct object_prog *prog, const char *key)
{
	size_t mark = out_open(survey->out, F_PROGRAM);

	out_string(survey->out, F_NAME, bpf_program__name(prog->prog));
	out_u64(survey->out, F_ERRNO, 0);
	out_string(survey->out, F_STATS_LOG, "");
	out_string(survey->out, F_LOAD_KEY, key);
	out_u64(survey->out, F_KNOWN, 1);
	out_close(survey->out, mark);
}

static int load_one(struct trace *trace, struct object_prog *prog, const union bpf_attr *attr,
		    unsigned int size)
{
	struct survey *survey = trace->data;
	char key[LOAD_KEY_SIZE] = "";

	/* The next survey begins here. */
	survey->full |= out_crowded(survey->out);
	if (survey->full)
		return trace_dummy_fd();
	if (survey->request->wants_keys)
		load_key(attr, trace->object, key);
	if (*key && is_listed(survey->request->known_keys, key)) {
		prog->known = true;
		put_known(survey, prog, key);
		return trace_dummy_fd();
	}
	int fd = load_with_stats(attr, size, &survey->log);

	prog->err = fd < 0 ? errno : 0;
	if (fd >= 0)
		read_prog_info(prog, fd);
	put_program(survey, prog, key);
	return fd < 0 ? trace_dummy_fd() : fd;
}

/* Has libbpf loaded what an agent would: every program, no more and no fewer, with every map? */
static bool is_whole(const struct load_request *request, const struct object *object)
{
	if (*request->skip_programs || *request->without_maps)
		return false;
	for (size_t i = 0; i < object->nprogs; i++) {
		const struct object_prog *prog = &object->progs[i];

		if (!prog->autoload || !prog->tried || prog->err)
			return false;
	}
	return true;
}

/* Do the outcomes of attaching fit as well? Each is shorter than the record of its program. */
static bool has_room(const struct out *out)
{
	return out->flushed + out->len < BPMX_PAYLOAD_MAX / 2;
}

void load_survey(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct survey survey = {.request = request, .out = out};
	struct object object;
	struct trace trace = {
		.object = &object,
		.progress = progress,
		.load = load_one,
		.failed = STAGE_PREPARE,
		.data = &survey,
	};

	if (!begin_load(request, &object, out, progress))
		return;
	if (!log_alloc(&survey.log, STATS_SIZE)) {
		put_outcome(out, STAGE_PREPARE, errno, NULL);
		return;
	}
	object_leave_out(&object, request->without_maps);
	leave_out_programs(&object, request->skip_programs);
	trace_set(&trace);
	int err = positive_errno(bpf_object__load(object.obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
	out_u64(out, F_MORE, survey.full);
	put_maps(out, &object);
	if (!err && request->attach && is_whole(request, &object) && has_room(out)) {
		out_u64(out, F_ATTACH, 1);
		attach_all(request, &object, out, progress);
	}
	object_close(&object);
	log_free(&survey.log);
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "attach_point.h"
#include "load.h"
#include "warnings.h"

/* What became of one program's attach; kept in memory until all is detached again. */
struct attached {
	struct bpf_link *link;
	struct bpf_program *prog;
	int err;
	/* libbpf asked the kernel; without, it knows no automatic attach for the type. */
	bool asked;
	/* WARNING fields. */
	struct out warnings;
};

static void attach_one(struct attached *attached, struct bpf_program *prog)
{
	out_init(&attached->warnings, -1);
	attached->prog = prog;
	warnings_clear();
	errno = 0;
	unsigned long before = trace_calls();

	attached->link = bpf_program__attach(prog);
	attached->err = -libbpf_get_error(attached->link);
	attached->asked = trace_calls() != before;
	if (attached->err) {
		attached->link = NULL;
		warnings_put(&attached->warnings);
	}
}

static void put_attached(struct out *out, struct attached *attached)
{
	size_t mark = out_open(out, F_OUTCOME);

	out_string(out, F_NAME, bpf_program__name(attached->prog));
	out_u64(out, F_ERRNO, attached->err);
	out_u64(out, F_ASKED, attached->asked);
	if (attached->err)
		put_attach_point(out, attached->prog, true);
	/* Words are for people; names and errnos of thousands of programs must fit. */
	if (!out_crowded(out))
		out_raw(out, attached->warnings.data, attached->warnings.len);
	out_close(out, mark);
	out_free(&attached->warnings);
}

/*
 * All links are held until the last program was tried, as in an agent. Nothing is sent in the
 * meantime: an attached program may deny us anything, and is gone before the answer is written.
 */
static void attach_all(struct subject *subject, struct out *out, struct progress *progress)
{
	struct attached *list = calloc(subject->nprogs + 1, sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; list && i < subject->nprogs; i++) {
		struct bpf_program *prog = subject->progs[i].prog;

		if (bpf_program__fd(prog) < 0)
			continue;
		progress_at(progress, STAGE_ATTACH, bpf_program__name(prog));
		attach_one(&list[count++], prog);
	}
	for (size_t i = count; i-- > 0;)
		bpf_link__destroy(list[i].link);
	progress_at(progress, STAGE_DONE, NULL);
	for (size_t i = 0; i < count; i++)
		put_attached(out, &list[i]);
	free(list);
}

void load_whole(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct subject subject;
	struct trace trace = {
		.subject = &subject,
		.progress = progress,
		.failed = STAGE_PREPARE,
	};

	if (!begin_load(request, &subject, out, progress))
		return;
	trace_set(&trace);
	int err = subject_errno(bpf_object__load(subject.obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
	if (!err && request->attach) {
		/* The load is told even if attaching is the end of this process. */
		out_flush(out);
		attach_all(&subject, out, progress);
	}
	subject_close(&subject);
}

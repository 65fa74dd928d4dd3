// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>

#include "attach.h"
#include "attach_point.h"
#include "warnings.h"

/* What became of one program's attach. */
struct attached {
	struct bpf_link *link;
	struct bpf_program *prog;
	int err;
	/* libbpf asked the kernel; without, it knows no automatic attach for the type. */
	bool asked;
	/* WARNING fields. */
	struct out warnings;
};

struct attachment {
	struct attached *list;
	size_t count;
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

static void attach_each(struct attachment *attachment, struct subject *subject,
			struct progress *progress)
{
	for (size_t i = 0; i < subject->nprogs; i++) {
		struct bpf_program *prog = subject->progs[i].prog;

		if (bpf_program__fd(prog) < 0 || subject->progs[i].known)
			continue;
		progress_at(progress, STAGE_ATTACH, bpf_program__name(prog));
		attach_one(&attachment->list[attachment->count++], prog);
	}
}

/* The last first. Before Linux 7 that is some 0.15 s for an LSM program, waiting for RCU tasks. */
static void detach_all(struct attachment *attachment)
{
	for (size_t i = attachment->count; i-- > 0;)
		bpf_link__destroy(attachment->list[i].link);
}

static bool all_attached(const struct attachment *attachment)
{
	for (size_t i = 0; i < attachment->count; i++) {
		if (attachment->list[i].err)
			return false;
	}
	return true;
}

static void put_attached(struct out *out, const struct attached *attached)
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
}

static void put_all(struct out *out, const struct attachment *attachment)
{
	for (size_t i = 0; i < attachment->count; i++)
		put_attached(out, &attachment->list[i]);
}

/*
 * Says that all are attached while they are. An attached program may forbid us anything: nothing
 * here asks the kernel for more than memory, and where that fails nothing is told.
 */
static bool tell_early(const struct attachment *attachment, struct progress *progress)
{
	struct out told;

	if (!all_attached(attachment))
		return false;
	out_init(&told, -1);
	put_all(&told, attachment);
	bool is_told = worker_tell(progress, &told);

	out_free(&told);
	return is_told;
}

void attach_all(const struct load_request *request, struct subject *subject, struct out *out,
		struct progress *progress)
{
	struct attachment attachment = {
		.list = calloc(subject->nprogs + 1, sizeof(*attachment.list))};

	if (!attachment.list)
		abort();
	/*
	 * The load is told even if attaching is the end of this process, and has been read before
	 * anything can forbid PID 1 to read it.
	 */
	progress_at(progress, STAGE_ATTACH, NULL);
	out_flush(out);
	out_wait_taken(out);
	attach_each(&attachment, subject, progress);
	bool is_told = request->linger && tell_early(&attachment, progress);

	detach_all(&attachment);
	if (!is_told) {
		progress_at(progress, STAGE_DONE, NULL);
		put_all(out, &attachment);
	}
	for (size_t i = 0; i < attachment.count; i++)
		out_free(&attachment.list[i].warnings);
	free(attachment.list);
}

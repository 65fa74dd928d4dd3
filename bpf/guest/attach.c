// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "attach_kind.h"
#include "attach_point.h"
#include "needs.h"
#include "struct_ops.h"
#include "target.h"
#include "warnings.h"

/* What became of one program's attach. */
struct attached {
	struct hold hold;
	struct bpf_program *prog;
	int err;
	/* Where, when that is none that its section names; NULL otherwise. */
	const char *place;
	/* The one that its kind is about, which the kernel may not know; 0 or less: none. */
	int attach_type;
	/* Why it is not attached although nothing failed; NULL when it was tried. */
	const char *reason;
	/* WARNING fields. */
	struct out warnings;
};

struct attachment {
	struct attached *list;
	size_t count;
};

/* `category/name` */
static struct bpf_link *attach_tracepoint(const struct bpf_program *prog, const char *place)
{
	const char *slash = strchr(place, '/');
	char category[64];

	snprintf(category, sizeof(category), "%.*s", slash ? (int)(slash - place) : 0, place);
	return bpf_program__attach_tracepoint(prog, category, slash ? slash + 1 : "");
}

/* Where the configuration says; what is attached by BTF has been told so before the load. */
static struct bpf_link *attach_to(const struct bpf_program *prog, const char *place)
{
	const char *section = bpf_program__section_name(prog);

	section += *section == '?';
	switch (bpf_program__type(prog)) {
	case BPF_PROG_TYPE_KPROBE:
		if (!strncmp(section, "ksyscall", 8) || !strncmp(section, "kretsyscall", 11)) {
			LIBBPF_OPTS(bpf_ksyscall_opts, opts, .retprobe = section[1] == 'r');

			return bpf_program__attach_ksyscall(prog, place, &opts);
		}
		return bpf_program__attach_kprobe(prog, !strncmp(section, "kret", 4), place);
	case BPF_PROG_TYPE_TRACEPOINT:
		return attach_tracepoint(prog, place);
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
		return bpf_program__attach_raw_tracepoint(prog, place);
	default:
		return bpf_program__attach(prog);
	}
}

/* Where its section says, or the configuration. */
static void attach_there(struct attached *attached)
{
	unsigned long before = trace_calls();
	const char *place = needs_place(attached->prog);
	struct bpf_link *link =
		place ? attach_to(attached->prog, place) : bpf_program__attach(attached->prog);

	attached->place = target_place(attached->prog);
	attached->err = -libbpf_get_error(link);
	if (!attached->err)
		attached->hold.link = link;
	/* A kernel built without what the attach needs answers the same, but it was asked. */
	else if (attached->err == EOPNOTSUPP && trace_calls() == before)
		attached->reason = "its section names no place; its own loader chooses one";
}

static void attach_at_place(struct attached *attached, const struct attach_kind *kind)
{
	if (!kind->attach) {
		attached->reason = kind->description;
		return;
	}
	int place = kind->place == PLACE_NONE ? 0 : place_take(kind->place);

	attached->place = kind->description;
	attached->attach_type = kind->attach_type;
	attached->err = place < 0 ? errno : kind->attach(attached->prog, place, &attached->hold);
	if (!attached->err)
		return;
	hold_release(&attached->hold);
	if (place >= 0)
		warnings_add("attach to %s: %s", kind->description, strerror(attached->err));
}

static void attach_one(struct attached *attached, struct object *object, struct bpf_program *prog)
{
	const struct attach_kind *kind = attach_kind_of(prog);

	out_init(&attached->warnings, -1);
	attached->prog = prog;
	attached->hold.fd = -1;
	warnings_clear();
	errno = 0;
	if (bpf_program__type(prog) == BPF_PROG_TYPE_STRUCT_OPS)
		attached->err =
			struct_ops_attach(object, prog, &attached->place, &attached->reason);
	else if (kind)
		attach_at_place(attached, kind);
	else
		attach_there(attached);
	if (attached->err)
		warnings_put(&attached->warnings);
}

static void attach_each(struct attachment *attachment, struct object *object,
			struct progress *progress)
{
	for (size_t i = 0; i < object->nprogs; i++) {
		struct bpf_program *prog = object->progs[i].prog;

		if (bpf_program__fd(prog) < 0 || object->progs[i].known)
			continue;
		progress_at(progress, STAGE_ATTACH, bpf_program__name(prog));
		attach_one(&attachment->list[attachment->count++], object, prog);
	}
}

/* The last first. Before Linux 7 that is some 0.15 s for an LSM program, waiting for RCU tasks. */
static void detach_all(struct attachment *attachment, struct object *object)
{
	for (size_t i = attachment->count; i-- > 0;)
		hold_release(&attachment->list[i].hold);
	struct_ops_detach(object);
	places_remove();
}

static bool all_attached(const struct attachment *attachment)
{
	for (size_t i = 0; i < attachment->count; i++) {
		if (attachment->list[i].err && !attachment->list[i].reason)
			return false;
	}
	return true;
}

static void put_attached(struct out *out, const struct attached *attached)
{
	size_t mark = out_open(out, F_OUTCOME);

	out_string(out, F_NAME, bpf_program__name(attached->prog));
	out_u64(out, F_ERRNO, attached->err);
	if (attached->place) {
		bool is_map = bpf_program__type(attached->prog) == BPF_PROG_TYPE_STRUCT_OPS;
		char place[192];

		snprintf(place, sizeof(place), "%s%s", is_map ? "struct_ops map " : "",
			 attached->place);
		out_string(out, F_PLACE, place);
	}
	if (attached->reason)
		out_string(out, F_REASON, attached->reason);
	else if (attached->err && attached->attach_type > 0)
		put_attach_type(out, attached->attach_type);
	else if (attached->err)
		put_attach_point(out, attached->prog, true);
	/* Messages are for people; names and errnos of thousands of programs must fit. */
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
 * here asks the kernel for more than memory, and where that fails there is no answer.
 */
static bool answer_early(const struct attachment *attachment, struct progress *progress)
{
	struct out answer;

	if (!all_attached(attachment))
		return false;
	out_init(&answer, -1);
	put_all(&answer, attachment);
	bool is_answered = worker_answer(progress, &answer);

	out_free(&answer);
	return is_answered;
}

void attach_all(const struct load_request *request, struct object *object, struct out *out,
		struct progress *progress)
{
	struct attachment attachment = {
		.list = calloc(object->nprogs + 1, sizeof(*attachment.list))};

	if (!attachment.list)
		abort();
	/*
	 * The load is reported even if attaching is the end of this process, and has been read
	 * before anything can forbid PID 1 to read it.
	 */
	progress_at(progress, STAGE_ATTACH, NULL);
	out_flush(out);
	out_wait_taken(out);
	attach_each(&attachment, object, progress);
	bool is_answered = request->linger && answer_early(&attachment, progress);

	detach_all(&attachment, object);
	if (!is_answered) {
		progress_at(progress, STAGE_DONE, NULL);
		put_all(out, &attachment);
	}
	for (size_t i = 0; i < attachment.count; i++)
		out_free(&attachment.list[i].warnings);
	free(attachment.list);
}

// SPDX-License-Identifier: Apache-2.0
/*
 * A refusal without a word says nothing about its stage. Ask again with one thing changed at a
 * time; what loads then, or gets as far as the verifier's log, was refused for that thing.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "load.h"
#include "verifier_log.h"

#define LOG_SIZE  (1u << 20)
#define LOG_SENT  512
#define ATTR_ROOM 512
/* Attach types that are tried; kernels have some 60. */
#define ATTACH_TYPES 80

struct ladder {
	struct out *out;
	struct verifier_log log;
};

/* What libbpf asked for, to be changed. */
struct request {
	union {
		union bpf_attr attr;
		uint8_t room[ATTR_ROOM];
	};
	unsigned int size;
};

static const struct bpf_insn trivial[] = {
	{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	{.code = BPF_JMP | BPF_EXIT},
};

static void copy_request(struct request *to, const union bpf_attr *attr, unsigned int size)
{
	memset(to, 0, sizeof(*to));
	memcpy(to->room, attr, size < ATTR_ROOM ? size : ATTR_ROOM);
	to->size = size;
}

static void put_step(struct ladder *ladder, const char *name, const char *detail, int err)
{
	const struct verifier_log *log = &ladder->log;
	size_t sent = log->len < LOG_SENT ? log->len : LOG_SENT;
	size_t mark = out_open(ladder->out, F_STEP);

	out_string(ladder->out, F_NAME, name);
	out_string(ladder->out, F_TEXT, detail);
	out_u64(ladder->out, F_ERRNO, err);
	out_u64(ladder->out, F_LOG_BYTES, log->len);
	out_text(ladder->out, F_STATS_LOG, log->text + log->len - sent, sent);
	out_close(ladder->out, mark);
	out_flush(ladder->out);
}

/* The errno, 0 for a program that loaded; nothing stays loaded. */
static int ask(struct ladder *ladder, const struct request *request, unsigned int level)
{
	int fd = load_at_level(&request->attr, request->size, level, &ladder->log);
	int err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return err;
}

static void step(struct ladder *ladder, const char *name, const struct request *request)
{
	put_step(ladder, name, "", ask(ladder, request, 4));
}

static void try_levels(struct ladder *ladder, const struct request *request)
{
	static const unsigned int levels[] = {0, 1, 2, 4};
	char detail[16];

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		int err = ask(ladder, request, levels[i]);

		snprintf(detail, sizeof(detail), "%u", levels[i]);
		put_step(ladder, "log-level", detail, err);
	}
}

static void drop_line_info(union bpf_attr *attr)
{
	attr->line_info = 0;
	attr->line_info_cnt = attr->line_info_rec_size = 0;
}

static void drop_func_info(union bpf_attr *attr)
{
	attr->func_info = 0;
	attr->func_info_cnt = attr->func_info_rec_size = 0;
}

static void try_debug_info(struct ladder *ladder, const struct request *asked)
{
	struct request request = *asked;

	if (asked->attr.line_info_cnt) {
		drop_line_info(&request.attr);
		step(ladder, "no-line-info", &request);
	}
	if (asked->attr.func_info_cnt) {
		request = *asked;
		drop_func_info(&request.attr);
		step(ladder, "no-func-info", &request);
	}
	if (asked->attr.prog_btf_fd) {
		request = *asked;
		drop_line_info(&request.attr);
		drop_func_info(&request.attr);
		request.attr.prog_btf_fd = 0;
		step(ladder, "no-btf", &request);
	}
}

static void try_name(struct ladder *ladder, const struct request *asked)
{
	struct request request = *asked;

	memset(request.attr.prog_name, 0, sizeof(request.attr.prog_name));
	strcpy(request.attr.prog_name, "other");
	step(ladder, "other-name", &request);
}

static void try_flags(struct ladder *ladder, const struct request *asked)
{
	struct request request = *asked;

	if (!asked->attr.prog_flags)
		return;
	request.attr.prog_flags = 0;
	step(ladder, "no-flags", &request);
}

/* All others, until one loads; else the last that was refused stands for them. */
static void try_attach_types(struct ladder *ladder, const struct request *asked)
{
	struct request request = *asked;
	char detail[32] = "none of the others";
	int err = 0;

	for (unsigned int type = 0; type < ATTACH_TYPES; type++) {
		if (type == asked->attr.expected_attach_type)
			continue;
		request.attr.expected_attach_type = type;
		err = ask(ladder, &request, 4);
		if (!err) {
			const char *name = libbpf_bpf_attach_type_str(type);

			snprintf(detail, sizeof(detail), "%u %s", type, name ? name : "");
			break;
		}
	}
	put_step(ladder, "other-attach-type", detail, err);
}

/* Functions that programs like this one may be attached to on every kernel. */
static const char *const *hooks_for(const union bpf_attr *attr)
{
	static const char *const lsm[] = {"bpf_lsm_file_open", "bpf_lsm_bprm_check_security"};
	static const char *const iterators[] = {"bpf_iter_task", "bpf_iter_bpf_map"};
	static const char *const functions[] = {"bpf_fentry_test1", "vfs_read"};

	if (attr->prog_type == BPF_PROG_TYPE_LSM)
		return lsm;
	return attr->expected_attach_type == BPF_TRACE_ITER ? iterators : functions;
}

/* The first of them that is not what was asked for. */
static const char *other_hook(const struct btf *vmlinux, const union bpf_attr *attr, __u32 *id)
{
	const char *const *names = hooks_for(attr);

	for (size_t i = 0; i < 2; i++) {
		__s32 found = btf__find_by_name_kind(vmlinux, names[i], BTF_KIND_FUNC);

		if (found > 0 && (__u32)found != attr->attach_btf_id) {
			*id = found;
			return names[i];
		}
	}
	return NULL;
}

static void try_hook(struct ladder *ladder, const struct request *asked)
{
	struct request request = *asked;
	struct btf *vmlinux;

	if (!asked->attr.attach_btf_id)
		return;
	vmlinux = btf__load_vmlinux_btf();
	if (libbpf_get_error(vmlinux))
		return;
	const char *name = other_hook(vmlinux, &asked->attr, &request.attr.attach_btf_id);

	if (name) {
		request.attr.attach_prog_fd = 0;
		put_step(ladder, "other-hook", name, ask(ladder, &request, 4));
	}
	btf__free(vmlinux);
}

static void try_code(struct ladder *ladder, const struct request *asked)
{
	struct request request = *asked;

	drop_line_info(&request.attr);
	drop_func_info(&request.attr);
	request.attr.insns = (uintptr_t)trivial;
	request.attr.insn_cnt = sizeof(trivial) / sizeof(trivial[0]);
	step(ladder, "trivial-code", &request);
}

static int climb(struct trace *trace, struct object_prog *prog, const union bpf_attr *attr,
		 unsigned int size)
{
	struct ladder *ladder = trace->data;
	struct request request;

	if (prog->tried) {
		errno = prog->err;
		return -1;
	}
	copy_request(&request, attr, size);
	int err = ask(ladder, &request, 4);

	put_step(ladder, "asked", "", err);
	try_levels(ladder, &request);
	try_debug_info(ladder, &request);
	try_name(ladder, &request);
	try_flags(ladder, &request);
	try_attach_types(ladder, &request);
	try_hook(ladder, &request);
	try_code(ladder, &request);
	/* Nothing is to be done with it, not even when it loaded this time. */
	errno = err ? err : ECANCELED;
	return -1;
}

void load_ladder(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct ladder ladder = {.out = out};
	struct object object;
	struct trace trace = {
		.object = &object,
		.progress = progress,
		.load = climb,
		.failed = STAGE_PREPARE,
		.data = &ladder,
	};

	if (!begin_load(request, &object, out, progress))
		return;
	struct object_prog *chosen = object_find(&object, request->program);

	if (!chosen || !log_alloc(&ladder.log, LOG_SIZE)) {
		put_outcome(out, STAGE_OPEN, chosen ? ENOMEM : ENOENT, NULL);
		return;
	}
	object_leave_out(&object, request->without_maps);
	for (size_t i = 0; i < object.nprogs; i++)
		bpf_program__set_autoload(object.progs[i].prog, &object.progs[i] == chosen);
	trace_set(&trace);
	int err = positive_errno(bpf_object__load(object.obj));

	trace_set(NULL);
	put_outcome(out, trace_stage(&trace, err), err, trace.failed_name);
	object_close(&object);
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "line_info.h"
#include "out.h"
#include "protocol.h"

/* Bytes collected between two writes. */
#define BATCH ((size_t)256 << 10)

static void put_line(struct out *out, const struct btf *btf, const struct bpf_line_info *line)
{
	size_t mark = out_open(out, F_LINE_INFO);

	out_u64(out, F_INSN, line->insn_off);
	out_string(out, F_FILE, btf__name_by_offset(btf, line->file_name_off));
	out_u64(out, F_LINE, BPF_LINE_INFO_LINE_NUM(line->line_col));
	out_u64(out, F_COLUMN, BPF_LINE_INFO_LINE_COL(line->line_col));
	out_string(out, F_TEXT, btf__name_by_offset(btf, line->line_off));
	out_close(out, mark);
}

static bool has_lines(const union bpf_attr *attr, const struct btf *btf)
{
	return btf && attr->line_info && attr->line_info_cnt &&
	       attr->line_info_rec_size >= sizeof(struct bpf_line_info);
}

/* Written out each `batch` bytes. */
static void put_lines(struct out *out, const union bpf_attr *attr, const struct btf *btf,
		      size_t batch)
{
	const uint8_t *records = (const uint8_t *)(uintptr_t)attr->line_info;
	struct bpf_line_info line;

	for (uint32_t i = 0; i < attr->line_info_cnt; i++) {
		memcpy(&line, records + (size_t)i * attr->line_info_rec_size, sizeof(line));
		put_line(out, btf, &line);
		if (out->len > batch)
			out_flush(out);
	}
}

void line_info_put(struct out *out, const union bpf_attr *attr, const struct btf *btf)
{
	if (has_lines(attr, btf))
		put_lines(out, attr, btf, SIZE_MAX);
}

void functions_put(struct out *out, const union bpf_attr *attr, const struct btf *btf)
{
	const uint8_t *records = (const uint8_t *)(uintptr_t)attr->func_info;
	struct bpf_func_info info;

	if (!btf || !records || attr->func_info_rec_size < sizeof(info))
		return;
	for (uint32_t i = 0; i < attr->func_info_cnt; i++) {
		memcpy(&info, records + (size_t)i * attr->func_info_rec_size, sizeof(info));
		const struct btf_type *type = btf__type_by_id(btf, info.type_id);
		size_t mark = out_open(out, F_FUNCTION);

		out_u64(out, F_INSN, info.insn_off);
		out_string(out, F_NAME, type ? btf__name_by_offset(btf, type->name_off) : "");
		out_close(out, mark);
	}
}

int line_info_write(const char *path, const union bpf_attr *attr, const struct btf *btf)
{
	struct out out;

	if (!has_lines(attr, btf))
		return ENODATA;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	out_init(&out, fd);
	put_lines(&out, attr, btf, BATCH);
	out_flush(&out);
	int err = out.broken ? EIO : 0;

	out_free(&out);
	close(fd);
	return err;
}

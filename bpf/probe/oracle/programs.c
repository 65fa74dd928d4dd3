// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "../common/json.h"
#include "objects.h"

static void print_program(const struct bpf_prog_info *info, const struct btf_hooks *hooks)
{
	const char *type = libbpf_bpf_prog_type_str(info->type);
	int lsm = info->type == BPF_PROG_TYPE_LSM;

	printf("{\"id\":%u,\"runs\":%llu,\"name\":", info->id, info->run_cnt);
	json_string(stdout, info->name);
	fputs(",\"type\":", stdout);
	json_string(stdout, type ? type : "unknown");
	fputs(",\"hook\":", stdout);
	json_string_or_null(stdout, lsm ? btf_hook_name(hooks, info->attach_btf_id) : NULL);
	putchar('}');
}

int print_programs(const struct btf_hooks *hooks)
{
	const char *separator = "";
	__u32 id = 0;

	putchar('[');
	while (!bpf_prog_get_next_id(id, &id)) {
		struct bpf_prog_info info = {0};
		__u32 len = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		/* Gone since. */
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
			return -1;
		close(fd);
		fputs(separator, stdout);
		separator = ",";
		print_program(&info, hooks);
	}
	putchar(']');
	return errno == ENOENT ? 0 : -1;
}

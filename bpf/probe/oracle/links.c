// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "../common/json.h"
#include "objects.h"

static void print_link(const struct bpf_link_info *info, const struct btf_hooks *hooks)
{
	const char *type = libbpf_bpf_link_type_str(info->type);
	int lsm = info->type == BPF_LINK_TYPE_TRACING && info->tracing.attach_type == BPF_LSM_MAC;

	printf("{\"id\":%u,\"type\":", info->id);
	json_string(stdout, type ? type : "unknown");
	printf(",\"programId\":%u,\"hook\":", info->prog_id);
	json_string_or_null(stdout, lsm ? btf_hook_name(hooks, info->tracing.target_btf_id) : NULL);
	putchar('}');
}

int print_links(const struct btf_hooks *hooks)
{
	const char *separator = "";
	__u32 id = 0;

	putchar('[');
	while (!bpf_link_get_next_id(id, &id)) {
		struct bpf_link_info info = {0};
		__u32 len = sizeof(info);
		int fd = bpf_link_get_fd_by_id(id);

		/* Gone since, or (EAGAIN) not attached yet. */
		if (fd < 0 && (errno == ENOENT || errno == EAGAIN))
			continue;
		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
			return -1;
		close(fd);
		fputs(separator, stdout);
		separator = ",";
		print_link(&info, hooks);
	}
	putchar(']');
	return errno == ENOENT ? 0 : -1;
}

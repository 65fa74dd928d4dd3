// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attempt.h"
#include "report.h"

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int create_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	return bpf(BPF_MAP_CREATE, &attr);
}

static int try_map_create(char **args)
{
	(void)args;
	return outcome_of(create_map(), "bpf");
}

/* A socket filter that lets nothing through, attached to nothing. */
static int try_prog_load(char **args)
{
	static const struct bpf_insn program[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
			       .insns = (unsigned long)program,
			       .insn_cnt = sizeof(program) / sizeof(*program),
			       .license = (unsigned long)"GPL"};

	(void)args;
	return outcome_of(bpf(BPF_PROG_LOAD, &attr), "bpf");
}

/* A folder that things can be pinned in. */
static void arrange_bpffs(const char *path)
{
	char folder[PATH_MAX];
	struct statfs status;
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		not_arranged("%s: not in a folder", path);
	*slash = 0;
	arrange(!mkdir(folder, 0755) || errno == EEXIST, folder);
	arrange(!statfs(folder, &status), folder);
	if (status.f_type != BPF_FS_MAGIC)
		facility(!mount("bpf", folder, "bpf", 0, NULL), "a bpf file system");
}

/* PATH: for arranging; a new map pinned there, in place of what was. */
static int try_pin(char **args)
{
	union bpf_attr attr = {.pathname = (unsigned long)args[0]};
	int fd = create_map();

	facility(fd >= 0, "a map");
	attr.bpf_fd = fd;
	arrange_bpffs(args[0]);
	unlink(args[0]);
	return outcome(bpf(BPF_OBJ_PIN, &attr));
}

/* PATH: a pinned object. */
static int try_get(char **args)
{
	union bpf_attr attr = {.pathname = (unsigned long)args[0]};

	return outcome_of(bpf(BPF_OBJ_GET, &attr), "bpf");
}

const struct operation bpf_operations[] = {
	{"bpf", 0, try_map_create, SHARED},     {"bpf-map", 0, try_map_create, SHARED},
	{"bpf-prog", 0, try_prog_load, SHARED}, {"bpf-pin", 1, try_pin, SHARED},
	{"bpf-get", 1, try_get, SHARED},        {0},
};

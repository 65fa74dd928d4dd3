// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Gives a task back that may not have been found. */
#include "variant.h"

struct task_struct {
	int pid;
};

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

SEC("lsm/file_open")
int BPF_PROG(given_back, void *file)
{
	bpf_task_release(bpf_task_from_pid(1));
	return 0;
}

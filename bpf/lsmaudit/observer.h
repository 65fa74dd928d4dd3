/* SPDX-License-Identifier: Apache-2.0 */
/* The programs in the kernel: loaded, attached, and who is traced. */
#ifndef LSMAUDIT_OBSERVER_H
#define LSMAUDIT_OBSERVER_H

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include "lsmaudit.h"

/* Where the map of traced processes is while an observer runs. */
#define TRACED_PIN "/sys/fs/bpf/lsmaudit_traced"

enum { OBSERVER_PROGRAMS = 4 };

struct observer {
	struct bpf_object *object;
	struct bpf_link *links[OBSERVER_PROGRAMS];
	int events, lost;
};

struct observer_sizes {
	unsigned int ring;     /* bytes of the ring buffer: a power of 2, whole pages */
	unsigned int remember; /* files that are remembered over all processes */
};

/* Is `bpf` in the LSM list, without which the programs would load, attach, and never be called? */
bool lsm_list_has_bpf(void);

/* What went wrong, or NULL; then everything is live, and processes can be named. */
const char *observer_start(struct observer *observer, const char *path,
			   const struct observer_sizes *sizes);

/* What was not reported so far. */
void observer_lost(const struct observer *observer, __u64 counts[LOST_KINDS]);

/* Nothing is seen any more; what lies in the ring buffer can still be read. */
void observer_detach(struct observer *observer);
void observer_free(struct observer *observer);

/* From now on this process and its descendants are traced. 0, or -1 with errno. */
int observer_trace(__u32 pid);

#endif

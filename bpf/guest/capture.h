/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_CAPTURE_H
#define BPMX_CAPTURE_H

#include <stdbool.h>
#include <sys/types.h>

#include "children.h"
#include "out.h"

/* One output stream of a process: the first `max` bytes are kept, the rest is read and dropped. */
struct stream {
	int fd;
	struct out kept;
	size_t max;
	bool truncated;
};

/*
 * Reads both streams until the process has ended, or until the deadline (of now_ms), when its whole
 * session is killed. What a background child writes after the end of the process is not waited for.
 */
struct child_end capture(pid_t pid, struct stream streams[2], long long deadline);

#endif

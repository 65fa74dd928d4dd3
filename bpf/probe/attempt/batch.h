/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_BATCH_H
#define PROBE_BATCH_H

/*
 * Attempts from stdin, one a line, fields separated by TAB:
 *
 *	ID CGROUP TIMEOUT_MS [as NAME] OPERATION ARGUMENT...
 *
 * CGROUP is - to stay, or a path below /sys/fs/cgroup; NAME what the acting process is called. One
 * line of JSON each on stdout, in order. Returns the exit status: 0 when every line was answered, 2
 *for a line that is not of this form.
 */
int run_batch(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* One agent a machine: two would each enforce their own policy and each report only its own. */
#ifndef AGENT_LOCK_H
#define AGENT_LOCK_H

#include <stddef.h>

/*
 * Takes the lock for the life of the process and notes `report_path` in it. 0; or -EBUSY with the
 * other agent's report path in `other` (`size` bytes); or -errno.
 */
int lock_take(const char *report_path, char *other, size_t size);

#endif

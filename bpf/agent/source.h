/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the agent reads: the policy and the kernel's list of LSMs. */
#ifndef AGENT_SOURCE_H
#define AGENT_SOURCE_H

#include "object.h"
#include "policy.h"

/* Reads and parses the policy at `path`; NULL: no rules. 0, or -1 with `failure` naming file and
 * line, and `policy` empty. */
int source_policy(const char *path, struct policy *policy, struct failure *failure);

/* `bpf` as a whole word of the comma-separated list. */
bool source_lsm_has_bpf(const char *path);

#endif

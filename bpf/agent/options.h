/* SPDX-License-Identifier: Apache-2.0 */
/* The command line and the environment, as a value. */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include <stddef.h>

#include "posture.h"

struct options {
	bool enforce;
	int enforce_signal; /* 0, SIGTERM, SIGINT or SIGKILL */
	bool fallback_signal;
	enum gate_mode gate;
	unsigned kill_threshold;
	unsigned kill_window_s;
	const char *policy_path; /* NULL: no rules */
	bool takeover;           /* a running agent is ended once this one enforces */

	const char *lsm_path;     /* AEGIS_LSM_PATH */
	const char *object_path;  /* AEGIS_BPF_OBJ; NULL: beside the agent */
	const char *report_path;  /* AEGIS_CAPABILITIES_REPORT_PATH */
	const char *btf_path;     /* AEGIS_BTF_VMLINUX_PATH */
	const char *tracefs_path; /* AEGIS_TRACEFS_PATH */
};

/* The environment's part; always succeeds, so that even a wrong command line can be reported. */
void options_from_environment(struct options *options);

/* argv[1..]; 0, or -1 with a phrase in `error` (`size` bytes). */
int options_parse(int argc, char *const argv[], struct options *options, char *error, size_t size);

extern const char options_usage[];

#endif

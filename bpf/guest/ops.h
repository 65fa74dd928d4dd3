/* SPDX-License-Identifier: Apache-2.0 */
/* The operations of the guest: one table per group, one dispatcher. */
#ifndef BPMX_OPS_H
#define BPMX_OPS_H

#include "args.h"
#include "out.h"
#include "port.h"

struct reply {
	struct out out;
	/* ERR_NONE, or the reply becomes an ERROR frame. */
	struct complaint error;
	/* Positive errno for ERR_SYSTEM. */
	int error_errno;
};

struct op {
	uint16_t type;
	const struct rule *rules;
	size_t nrules;
	void (*run)(const struct args *args, struct reply *reply);
};

#define RULES(list) (list), sizeof(list) / sizeof((list)[0])

/* Each ends with an entry without `run`. */
extern const struct op file_ops[];
extern const struct op system_ops[];
extern const struct op process_ops[];
extern const struct op load_ops[];
extern const struct op kernel_ops[];
extern const struct op sealed_ops[];

/* Makes the reply an error about `what` with this errno. */
void fail(struct reply *reply, int err, const char *what);
/* Refuses a value that a field cannot have. */
void fail_value(struct reply *reply, const char *what);

/* The folder for what the guest itself writes: logs of loads. Exists. */
#define GUEST_FOLDER_MAX 2048
extern char guest_folder[GUEST_FOLDER_MAX];

/* Fields of HELLO: version, kernel, libbpf, what failed during set-up. */
void put_hello(struct out *out);
/* Remembers a part of the set-up that failed and is not fatal. */
void note_setup_failure(const char *what, int err);

/* Says hello and answers requests until the harness is gone. */
void serve(struct port *port);

#endif

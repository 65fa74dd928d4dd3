/* SPDX-License-Identifier: Apache-2.0 */
/* What every operation is made of. */
#ifndef PROBE_ATTEMPT_H
#define PROBE_ATTEMPT_H

/* Of the process that acts. */
enum memory {
	OWNED,
	/*
	 * With the batch: copying that and ending the copy is most of what a process costs. For an
	 * operation that maps, allocates and forks nothing and leaves no trace in what is static.
	 */
	SHARED,
};

/*
 * One thing a process can try. It answers the errno that it came to, 0 for success. It may fork
 * helpers and leave them: whoever started the attempt ends its process group.
 */
struct operation {
	const char *name;
	int arguments;
	int (*run)(char **args);
	enum memory memory;
};

/* Each ends with an entry without a name. */
extern const struct operation open_operations[];
extern const struct operation file_operations[];
extern const struct operation map_operations[];
extern const struct operation bypass_operations[];
extern const struct operation overlay_operations[];
extern const struct operation swap_operations[];
extern const struct operation uring_operations[];
extern const struct operation exec_operations[];
extern const struct operation process_operations[];
extern const struct operation module_operations[];
extern const struct operation bpf_operations[];
extern const struct operation connect_operations[];
extern const struct operation send_operations[];
extern const struct operation listen_operations[];
extern const struct operation loopback_operations[];
extern const struct operation observed_operations[];

/* NULL when there is none of this name. */
const struct operation *find_operation(const char *name);

/* open(2) flags of a mode of r, w, c (create), t (truncate); r and w are O_RDWR. */
int flags_of(const char *mode);

#endif

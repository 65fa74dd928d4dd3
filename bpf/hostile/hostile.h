/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stddef.h>
#include <sys/types.h>

/* Done again and again while the agent lives. */
struct attack {
	const char *name;
	void (*run)(void);
};

/* Each ends with an entry without a name. */
extern const struct attack probe_attacks[];
extern const struct attack init_attacks[];
extern const struct attack file_attacks[];
extern const struct attack machine_attacks[];

/* Calls `act` for each process of this name. */
void each_process(const char *name, void (*act)(pid_t pid));

/* A file with this content; nothing is said about a failure. */
void write_file(const char *path, const void *data, size_t len);

#endif

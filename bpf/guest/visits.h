/* SPDX-License-Identifier: Apache-2.0 */
/* Counts in a verifier's log of level 2 how often it came to each instruction. */
#ifndef BPMX_VISITS_H
#define BPMX_VISITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes at the end of the log that are kept: the statistics. */
#define VISITS_TAIL 4096
/* What is looked at in a line is in its first bytes. */
#define VISITS_LINE 128

/* Of one instruction, as it is sent. */
struct visit {
	uint32_t count;
	/* Of them, those on which nothing more was looked at: the state was known to be safe. */
	uint32_t safe;
};

struct visits {
	struct visit *insns;
	size_t ninsns;
	/* Counted by the verifier, with an instruction that the log does not name. */
	uint64_t unplaced;
	/* Of the whole log. */
	uint64_t bytes;
	/* The lines are a listing of the program, not yet a way through it. */
	bool is_listing;
	char line[VISITS_LINE];
	size_t line_len;
	char tail[VISITS_TAIL];
	size_t tail_len;
};

/* For a program of `ninsns`. False: no memory. */
bool visits_init(struct visits *visits, size_t ninsns);
void visits_free(struct visits *visits);
/* All counts are 0 again. `data` is a struct visits, as for the others of a struct log_reader. */
void visits_restart(void *data);
void visits_take(void *data, const char *text, size_t len);

#endif

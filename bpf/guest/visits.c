// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "visits.h"

/*
 * The verifier counts an instruction when it comes to it (++env->insn_processed in do_check) and
 * then writes one line: the instruction, or that the state is safe here, or that it loops:
 *
 *	12: (b7) r0 = 0          ; R0_w=0
 *	12: safe
 *	from 7 to 12 (speculative execution): safe
 *	infinite loop detected at insn 12
 *
 * Only the one that is too many is not named. States (`12: R0=...`, `from 7 to 12: R0=...`), live
 * registers (`12: 0123...... (b7) r0 = 0`) and walks back (`regs=1 ... before 12: (b7) ...`) are
 * no visits. 7.x lists the program before it walks through it, in lines that look the same from
 * instruction 100 on; the walk begins with a state.
 */
static const char *const listings[] = {"subprog#", "stack use/def ", "Live regs before insn:"};
static const char too_many[] = "BPF program is too large. Processed ";
static const char endless[] = "infinite loop detected at insn ";

bool visits_init(struct visits *visits, size_t ninsns)
{
	memset(visits, 0, sizeof(*visits));
	visits->insns = calloc(ninsns ? ninsns : 1, sizeof(*visits->insns));
	visits->ninsns = ninsns;
	return visits->insns != NULL;
}

void visits_free(struct visits *visits)
{
	free(visits->insns);
	memset(visits, 0, sizeof(*visits));
}

void visits_restart(void *data)
{
	struct visits *visits = data;

	memset(visits->insns, 0, visits->ninsns * sizeof(*visits->insns));
	visits->unplaced = 0;
	visits->bytes = 0;
	visits->is_listing = false;
	visits->line_len = 0;
	visits->tail_len = 0;
}

static void count(struct visits *visits, unsigned long insn, bool is_safe)
{
	if (insn >= visits->ninsns) {
		visits->unplaced++;
		return;
	}
	visits->insns[insn].count++;
	visits->insns[insn].safe += is_safe;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool begins_listing(const char *line)
{
	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		if (begins(line, listings[i]))
			return true;
	}
	return false;
}

/* A line that begins with a number. */
static void count_numbered(struct visits *visits, const char *line)
{
	char *end;
	unsigned long insn = strtoul(line, &end, 10);

	if (begins(end, ": R"))
		visits->is_listing = false;
	else if (visits->is_listing)
		return;
	else if (begins(end, ": ("))
		count(visits, insn, false);
	else if (!strcmp(end, ": safe"))
		count(visits, insn, true);
}

static void count_branch(struct visits *visits, const char *line)
{
	static const char safe[] = ": safe";
	size_t len = strlen(line);
	char *end;

	if (len < sizeof(safe) || strcmp(line + len - (sizeof(safe) - 1), safe))
		return;
	strtoul(line + strlen("from "), &end, 10);
	if (begins(end, " to "))
		count(visits, strtoul(end + strlen(" to "), NULL, 10), true);
}

/* What some kernels append to the line of the instruction before. */
static void count_last(struct visits *visits, const char *line)
{
	const char *loop = strstr(line, endless);

	if (loop)
		count(visits, strtoul(loop + strlen(endless), NULL, 10), false);
	if (strstr(line, too_many))
		visits->unplaced++;
}

static void count_line(struct visits *visits)
{
	const char *line = visits->line;

	visits->line[visits->line_len] = 0;
	visits->line_len = 0;
	if (isdigit((unsigned char)*line))
		count_numbered(visits, line);
	else if (begins(line, "from "))
		count_branch(visits, line);
	else if (begins_listing(line))
		visits->is_listing = true;
	/* Else it is a comment: the source. */
	if (*line != ';')
		count_last(visits, line);
}

static void keep_tail(struct visits *visits, const char *text, size_t len)
{
	if (len > VISITS_TAIL) {
		text += len - VISITS_TAIL;
		len = VISITS_TAIL;
	}
	size_t old = visits->tail_len + len > VISITS_TAIL ? VISITS_TAIL - len : visits->tail_len;

	memmove(visits->tail, visits->tail + visits->tail_len - old, old);
	memcpy(visits->tail + old, text, len);
	visits->tail_len = old + len;
}

void visits_take(void *data, const char *text, size_t len)
{
	struct visits *visits = data;

	visits->bytes += len;
	keep_tail(visits, text, len);
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t part = end ? (size_t)(end - text) : len;
		size_t room = VISITS_LINE - 1 - visits->line_len;
		size_t kept = part < room ? part : room;

		memcpy(visits->line + visits->line_len, text, kept);
		visits->line_len += kept;
		if (end) {
			count_line(visits);
			part++;
		}
		text += part;
		len -= part;
	}
}

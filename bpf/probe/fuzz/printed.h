/* SPDX-License-Identifier: Apache-2.0 */
/* What a function prints on stdout, kept in memory: a file would cost more than the function. */
#ifndef PROBE_FUZZ_PRINTED_H
#define PROBE_FUZZ_PRINTED_H

#include <stdio.h>

static FILE *real_stdout, *printed_stream;
static char *printed_text;
static size_t printed_len;

static inline void printed_begin(void)
{
	if (!printed_stream)
		printed_stream = open_memstream(&printed_text, &printed_len);
	rewind(printed_stream);
	real_stdout = stdout;
	stdout = printed_stream;
}

/* Good until the next one begins. */
static inline const char *printed_end(size_t *len)
{
	*len = ftell(printed_stream);
	/* What an earlier one printed is still behind it. */
	putc(0, printed_stream);
	fflush(printed_stream);
	stdout = real_stdout;
	return printed_text;
}

#endif

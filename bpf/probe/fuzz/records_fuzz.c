/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a ring buffer and its two positions, of which an agent can write the reader's:
 * refused, or lines of whole records that lie between the two.
 */
#include "fuzz.h"
#include "probe/fuzz/printed.h"
#include "probe/oracle/records.c"

enum { RING = 256 };

/* Hex digits and ends of line alone; the bytes that they stand for, a header for each line. */
static size_t bytes_of(const char *text, size_t len)
{
	size_t digits = 0, lines = 0;

	for (size_t i = 0; i < len; i++) {
		bool is_end = text[i] == '\n';

		expect(is_end || strchr("0123456789abcdef", text[i]));
		digits += !is_end;
		lines += is_end;
	}
	expect(digits % 2 == 0 && (!len || text[len - 1] == '\n'));
	return digits / 2 + lines * BPF_RINGBUF_HDR_SZ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t positions[2];
	uint8_t *twice;
	size_t len;
	const char *text;

	if (size < sizeof(positions))
		return 0;
	memcpy(positions, data, sizeof(positions));
	data += sizeof(positions);
	size -= sizeof(positions);
	twice = calloc(2, RING);
	memcpy(twice, data, size < RING ? size : RING);
	memcpy(twice + RING, twice, RING);
	printed_begin();
	print_ring(twice, positions[0], positions[1], RING);
	text = printed_end(&len);
	expect(bytes_of(text, len) <= RING);
	free(twice);
	return 0;
}

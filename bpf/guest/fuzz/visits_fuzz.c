/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the verifier's log, in any portions: the counts and the end of the log that is kept
 * are those of the log in one piece, and no line is more than one visit and what is appended to it.
 */
#include "fuzz.h"
#include "guest/visits.h"

#define NINSNS 200

static struct visits whole, parts;

static uint64_t counted(const struct visits *visits)
{
	uint64_t sum = visits->unplaced;

	for (size_t i = 0; i < visits->ninsns; i++) {
		sum += visits->insns[i].count;
		expect(visits->insns[i].safe <= visits->insns[i].count);
	}
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;
	size_t portion, len, lines = 0;

	if (size < 1)
		return 0;
	if (!whole.insns)
		expect(visits_init(&whole, NINSNS) && visits_init(&parts, NINSNS));
	portion = 1 + data[0];
	len = size - 1;
	visits_restart(&whole);
	visits_restart(&parts);
	visits_take(&whole, text, len);
	for (size_t at = 0; at < len; at += portion)
		visits_take(&parts, text + at, len - at < portion ? len - at : portion);
	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	expect(!memcmp(whole.insns, parts.insns, NINSNS * sizeof(*whole.insns)));
	expect(whole.unplaced == parts.unplaced && whole.bytes == parts.bytes);
	expect(whole.tail_len == parts.tail_len && !memcmp(whole.tail, parts.tail, whole.tail_len));
	expect(counted(&whole) <= 3 * lines);
	return 0;
}

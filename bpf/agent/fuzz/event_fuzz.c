/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a record: refused with nothing written, or one line of JSON without a control
 * character. */
#include "agent/event.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Aligned as the ring buffer's records are. */
	uint64_t record[64];
	struct json json = {0};

	if (size > sizeof(record))
		size = sizeof(record);
	memcpy(record, data, size);
	if (event_format(record, size, &json)) {
		expect(json.len > 2 && json.text[0] == '{' && json.text[json.len - 1] == '}');
		for (size_t i = 0; i < json.len; i++)
			expect((unsigned char)json.text[i] >= 0x20);
	} else {
		expect(json.len == 0);
	}
	json_free(&json);
	return 0;
}

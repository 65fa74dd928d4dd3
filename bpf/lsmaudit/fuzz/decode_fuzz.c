/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a record: refused with nothing written, or one object of printable bytes, and dirt
 * that lies in the record. */
#include "fuzz.h"
#include "lsmaudit/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *record = exact_copy(data, size);
	struct dirt dirt[DIRT_MAX];
	struct json line = {0};
	int found = decode_record(&line, record, size, dirt);

	expect(found <= DIRT_MAX);
	if (found < 0) {
		expect(line.len == 0);
	} else {
		expect(line.len > 2 && line.text[0] == '{' && line.text[line.len - 1] == '}');
		for (size_t i = 0; i < line.len; i++)
			expect((unsigned char)line.text[i] >= 0x20);
	}
	for (int i = 0; i < found; i++)
		expect(dirt[i].count && dirt[i].offset + dirt[i].count <= size);
	json_free(&line);
	free(record);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "utf8.h"

/* Bytes of the well-formed sequence at `text`, 0 when there is none. */
static size_t sequence(const uint8_t *text, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t lead = text[0];
	size_t want = lead < 0x80 ? 1 : (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : 4;
	uint32_t point = want == 1 ? lead : lead & (0x7f >> want);

	if (lead == 0 || (want == 4 && (lead >> 3) != 30) || want > len)
		return 0;
	for (size_t i = 1; i < want; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (text[i] & 0x3f);
	}
	if (point < least[want] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		return 0;
	return want;
}

bool utf8_valid(const uint8_t *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t n = sequence(text + at, len - at);

		if (!n)
			return false;
		at += n;
	}
	return true;
}

void utf8_scrub(uint8_t *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t n = sequence(text + at, len - at);

		if (!n)
			text[at++] = '?';
		at += n;
	}
}

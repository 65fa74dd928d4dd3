// SPDX-License-Identifier: Apache-2.0
#include "json.h"

void json_string(FILE *out, const char *text)
{
	putc('"', out);
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		if (*at == '"' || *at == '\\')
			fprintf(out, "\\%c", *at);
		else if (*at >= 0x20 && *at < 0x7f)
			putc(*at, out);
		else
			fprintf(out, "\\u%04x", *at < 0x80 ? *at : 0xfffd);
	}
	putc('"', out);
}

void json_string_or_null(FILE *out, const char *text)
{
	if (text)
		json_string(out, text);
	else
		fputs("null", out);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static void put(struct json *json, const char *bytes, size_t len)
{
	if (json->failed)
		return;
	if (json->len + len + 1 > json->room) {
		size_t room = (json->len + len + 1) * 2;
		char *text = realloc(json->text, room);

		if (!text) {
			json->failed = true;
			return;
		}
		json->text = text;
		json->room = room;
	}
	memcpy(json->text + json->len, bytes, len);
	json->len += len;
	json->text[json->len] = '\0';
}

/* Bytes of the UTF-8 sequence at `text`, 0 when it is not one (overlong, surrogate and out-of-range
 * included). */
static size_t utf8_length(const unsigned char *text, size_t len)
{
	static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = text[0] < 0x80   ? 1
		      : text[0] < 0xc0 ? 0
		      : text[0] < 0xe0 ? 2
		      : text[0] < 0xf0 ? 3
		      : text[0] < 0xf8 ? 4
				       : 0;
	unsigned code;

	if (size < 2 || size > len)
		return size > len ? 0 : size;
	code = text[0] & (0x7f >> size);
	for (size_t i = 1; i < size; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return size;
}

/* One character into its JSON form; returns the bytes of `text` it took. */
static size_t put_character(struct json *json, const unsigned char *text, size_t len)
{
	size_t size = utf8_length(text, len);
	char escape[8];

	if (!size) {
		put(json, "\\ufffd", 6);
		return 1;
	}
	if (text[0] == '"' || text[0] == '\\')
		put(json, "\\", 1);
	if (text[0] < 0x20 || text[0] == 0x7f) {
		snprintf(escape, sizeof(escape), "\\u%04x", text[0]);
		put(json, escape, 6);
		return 1;
	}
	put(json, (const char *)text, size);
	return size;
}

static void quote(struct json *json, const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;

	len = strnlen(text, len);
	put(json, "\"", 1);
	for (size_t taken = 0; taken < len;)
		taken += put_character(json, at + taken, len - taken);
	put(json, "\"", 1);
}

static void member(struct json *json, const char *key)
{
	if (json->comma)
		put(json, ",", 1);
	json->comma = true;
	if (!key)
		return;
	quote(json, key, strlen(key));
	put(json, ":", 1);
}

void json_open(struct json *json, const char *key, char bracket)
{
	member(json, key);
	put(json, &bracket, 1);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	put(json, &bracket, 1);
	json->comma = true;
}

void json_string(struct json *json, const char *key, const char *text, size_t len)
{
	member(json, key);
	quote(json, text, len);
}

void json_text(struct json *json, const char *key, const char *text)
{
	json_string(json, key, text, strlen(text));
}

void json_unsigned(struct json *json, const char *key, unsigned long long value)
{
	char digits[24];

	member(json, key);
	put(json, digits, snprintf(digits, sizeof(digits), "%llu", value));
}

void json_bool(struct json *json, const char *key, bool value)
{
	member(json, key);
	put(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json, const char *key)
{
	member(json, key);
	put(json, "null", 4);
}

void json_free(struct json *json)
{
	free(json->text);
	*json = (struct json){0};
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../guest/hmac.h"
#include "../../guest/standby.h"
#include "signed.h"

struct text {
	char *data;
	size_t len;
};

static struct {
	const uint8_t *key;
	const char *nonce;
	unsigned long lines;
	/* The line that is not finished, and signed lines that are to be written. */
	struct text unfinished, ready;
	/* What is still to come belongs to them. */
	bool ends;
} out;

static int write_all(const char *data, size_t len)
{
	while (len) {
		ssize_t written = write(STDOUT_FILENO, data, len);

		/* A pipe and a file of its own are nobody's to deny it. */
		if (written < 0 && (errno == EPERM || errno == EACCES))
			_exit(STANDBY_DENIED);
		if (written <= 0)
			return -1;
		data += written;
		len -= written;
	}
	return 0;
}

/* "NONCE NUMBER KIND" and the line: no line can stand in another place than its own. */
static void sign(char kind, const char *line, size_t len, char hex[2 * SHA256_BYTES + 1])
{
	uint8_t digest[SHA256_BYTES];
	struct hmac hmac;
	char place[96];

	hmac_init(&hmac, out.key);
	hmac_update(&hmac, place,
		    snprintf(place, sizeof(place), "%s %lu %c\n", out.nonce, out.lines, kind));
	hmac_update(&hmac, line, len);
	hmac_final(&hmac, digest);
	for (int i = 0; i < SHA256_BYTES; i++) {
		*hex++ = "0123456789abcdef"[digest[i] >> 4];
		*hex++ = "0123456789abcdef"[digest[i] & 15];
	}
}

static int append(struct text *text, const char *data, size_t len)
{
	char *more = realloc(text->data, text->len + len);

	if (!more)
		return -1;
	text->data = more;
	memcpy(more + text->len, data, len);
	text->len += len;
	return 0;
}

static int add_line(char kind, const char *line, size_t len)
{
	char head[1 + 2 * SHA256_BYTES + 1];

	head[0] = kind;
	sign(kind, line, len, head + 1);
	head[sizeof(head) - 1] = ' ';
	out.lines++;
	return append(&out.ready, head, sizeof(head)) || append(&out.ready, line, len) ||
	       append(&out.ready, "\n", 1);
}

static int write_ready(void)
{
	int err = write_all(out.ready.data, out.ready.len);

	out.ready.len = 0;
	return err;
}

/* Of the stream: whole lines go out, together, since each write wakes who reads them; the rest
 * waits. */
static ssize_t take(void *cookie, const char *data, size_t len)
{
	const char *end = data + len, *newline;

	(void)cookie;
	for (const char *at = data; at < end; at = newline + 1) {
		newline = memchr(at, '\n', end - at);
		if (append(&out.unfinished, at, (newline ?: end) - at))
			return 0;
		if (!newline)
			break;
		if (add_line('L', out.unfinished.data, out.unfinished.len))
			return 0;
		out.unfinished.len = 0;
	}
	return !out.ends && write_ready() ? 0 : (ssize_t)len;
}

int sign_stdout(const uint8_t *key, const char *nonce)
{
	FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = take});

	if (!stream)
		return -1;
	out.key = key;
	out.nonce = nonce;
	stdout = stream;
	return 0;
}

void end_signed(void)
{
	out.ends = true;
	fflush(stdout);
	add_line('E', "", 0);
	write_ready();
}

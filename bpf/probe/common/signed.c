// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../guest/hmac.h"
#include "../../guest/standby.h"
#include "signed.h"

static struct {
	const uint8_t *key;
	const char *nonce;
	unsigned long lines;
	/* The line that is not finished. */
	char *text;
	size_t len;
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

static int write_line(char kind, const char *line, size_t len)
{
	size_t head = 1 + 2 * SHA256_BYTES + 1;
	char *whole = malloc(head + len + 2);
	int err;

	if (!whole)
		return -1;
	*whole = kind;
	sign(kind, line, len, whole + 1);
	whole[head - 1] = ' ';
	memcpy(whole + head, line, len);
	whole[head + len] = '\n';
	err = write_all(whole, head + len + 1);
	free(whole);
	out.lines++;
	return err;
}

static int keep(const char *data, size_t len)
{
	char *more = realloc(out.text, out.len + len);

	if (!more)
		return -1;
	out.text = more;
	memcpy(more + out.len, data, len);
	out.len += len;
	return 0;
}

/* Of the stream: whole lines go out, the rest waits. */
static ssize_t take(void *cookie, const char *data, size_t len)
{
	const char *end = data + len, *newline;

	(void)cookie;
	for (const char *at = data; at < end; at = newline + 1) {
		newline = memchr(at, '\n', end - at);
		if (!newline)
			return keep(at, end - at) ? 0 : (ssize_t)len;
		if (keep(at, newline - at) || write_line('L', out.text, out.len))
			return 0;
		out.len = 0;
	}
	return len;
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
	fflush(stdout);
	write_line('E', "", 0);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the records of the kernel's log, in which every program can write: a line of JSON
 * for each that is the kernel's own, or the log cannot be read.
 */
#include <errno.h>
#include <unistd.h>

#include "fuzz.h"
#include "probe/fuzz/json_check.h"
#include "probe/fuzz/printed.h"

static ssize_t fuzz_read(int fd, void *data, size_t len);
#define read fuzz_read
#include "probe/oracle/kmsg.c"

static const uint8_t *records;
static size_t left;

/* A record is two bytes of length and so many bytes; one of no bytes was overwritten. */
static ssize_t fuzz_read(int fd, void *data, size_t len)
{
	size_t size;

	(void)fd;
	errno = EAGAIN;
	if (left < 2)
		return -1;
	size = records[0] | records[1] << 8;
	records += 2;
	left -= 2;
	errno = EPIPE;
	if (!size)
		return -1;
	size = size < left ? size : left;
	size = size < len ? size : len;
	memcpy(data, records, size);
	records += size;
	left -= size;
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	long long last = -1;
	const char *text, *end;
	size_t len;

	records = data;
	left = size;
	printed_begin();
	print_after(0, 10, &last);
	text = printed_end(&len);
	end = text + len;
	while (text < end) {
		expect(strncmp(text, "{\"seq\":", 7) == 0 && atoll(text + 7) > 10);
		text = json_value_end(text);
		expect(text && *text++ == '\n');
	}
	return 0;
}

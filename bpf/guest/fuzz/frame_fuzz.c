/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the stream to PID 1, in any portions: what is read are the frames that another
 * reader, which has all bytes before it, finds in them, to the last byte.
 */
#include <errno.h>
#include <unistd.h>

#include "fuzz.h"
#include "guest/protocol.h"

/* Small frames, so that inputs of a few hundred bytes hold some that are too long. */
#undef BPMX_FRAME_MAX
#define BPMX_FRAME_MAX 80u
static ssize_t fuzz_read(int fd, void *data, size_t len);
#define read fuzz_read
#include "guest/port.c"

static const uint8_t *stream;
static size_t stream_len, stream_at;
/* Bytes that a read gives at most, and how many reads until one is interrupted. */
static unsigned int portion, until_signal;

static ssize_t fuzz_read(int fd, void *data, size_t len)
{
	size_t left = stream_len - stream_at;

	(void)fd;
	if (until_signal && !--until_signal) {
		errno = EINTR;
		return -1;
	}
	if (len > left)
		len = left;
	if (len > portion)
		len = portion;
	memcpy(data, stream + stream_at, len);
	stream_at += len;
	return len;
}

void children_reap(void)
{
}

bool worker_settle(void)
{
	return false;
}

/* No read here is denied. */
_Noreturn void denied(void)
{
	abort();
}

size_t write_most(int fd, const void *data, size_t len)
{
	(void)fd;
	(void)data;
	return len;
}

/* The next magic behind `at`, or the end. */
static size_t next_magic(size_t at)
{
	const uint32_t magic = BPMX_MAGIC;

	for (at++; at + sizeof(magic) <= stream_len; at++)
		if (!memcmp(stream + at, &magic, sizeof(magic)))
			return at;
	return stream_len;
}

/* What is at `*at`, which moves on behind it. */
static enum port_event expected_at(size_t *at, struct bpmx_frame *header)
{
	size_t left = stream_len - *at;

	if (left < sizeof(*header))
		return PORT_CLOSED;
	memcpy(header, stream + *at, sizeof(*header));
	if (header->magic != BPMX_MAGIC) {
		*at = next_magic(*at);
		return *at < stream_len ? PORT_GARBAGE : PORT_CLOSED;
	}
	if (header->len > left - sizeof(*header))
		return PORT_CLOSED;
	*at += sizeof(*header) + header->len;
	return header->len > BPMX_PAYLOAD_MAX ? PORT_OVERSIZE : PORT_FRAME;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bpmx_frame header, wanted;
	enum port_event event;
	struct port port;
	size_t at = 0;

	if (size < 2 || port_init(&port, 0, 1))
		return 0;
	portion = data[0] % 32 + 1;
	until_signal = data[1];
	stream = data + 2;
	stream_len = size - 2;
	stream_at = 0;
	do {
		event = port_read(&port, &header);
		expect(event == expected_at(&at, &wanted));
		if (event == PORT_FRAME) {
			expect(!memcmp(&header, &wanted, sizeof(header)));
			expect(!memcmp(port.payload, stream + at - header.len, header.len));
		}
	} while (event != PORT_CLOSED);
	free(port.payload);
	return 0;
}

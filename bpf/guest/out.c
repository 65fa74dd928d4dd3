// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "out.h"
#include "protocol.h"
#include "utf8.h"

void out_init(struct out *out, int fd)
{
	memset(out, 0, sizeof(*out));
	out->fd = fd;
}

void out_free(struct out *out)
{
	free(out->data);
	out->data = NULL;
	out->len = out->cap = 0;
}

bool out_room(struct out *out, size_t len)
{
	size_t cap = out->cap ? out->cap : 4096;

	if (out->broken || out->len + len <= out->cap)
		return !out->broken;
	while (cap < out->len + len)
		cap *= 2;
	uint8_t *grown = realloc(out->data, cap);

	if (!grown) {
		out->broken = true;
		return false;
	}
	out->data = grown;
	out->cap = cap;
	return true;
}

/* Room for `len` more bytes, or NULL and a broken payload. */
static uint8_t *reserve(struct out *out, size_t len)
{
	if (!out_room(out, len))
		return NULL;
	uint8_t *room = out->data + out->len;

	out->len += len;
	return room;
}

static uint8_t *begin(struct out *out, uint16_t id, uint16_t kind, size_t len)
{
	struct bpmx_field header = {.id = id, .kind = kind, .len = len};
	uint8_t *room = reserve(out, sizeof(header) + len);

	if (!room)
		return NULL;
	memcpy(room, &header, sizeof(header));
	return room + sizeof(header);
}

void out_u64(struct out *out, uint16_t id, uint64_t value)
{
	uint8_t *room = begin(out, id, KIND_U64, sizeof(value));

	if (room)
		memcpy(room, &value, sizeof(value));
}

void out_text(struct out *out, uint16_t id, const char *value, size_t len)
{
	uint8_t *room = begin(out, id, KIND_STRING, len);

	if (!room)
		return;
	if (len)
		memcpy(room, value, len);
	utf8_scrub(room, len);
}

void out_string(struct out *out, uint16_t id, const char *value)
{
	out_text(out, id, value, value ? strlen(value) : 0);
}

void out_bytes(struct out *out, uint16_t id, const void *value, size_t len)
{
	uint8_t *room = begin(out, id, KIND_BYTES, len);

	if (room && len)
		memcpy(room, value, len);
}

void out_raw(struct out *out, const void *data, size_t len)
{
	uint8_t *room = reserve(out, len);

	if (room)
		memcpy(room, data, len);
}

size_t out_open(struct out *out, uint16_t id)
{
	begin(out, id, KIND_RECORD, 0);
	return out->len;
}

void out_close(struct out *out, size_t mark)
{
	if (out->broken)
		return;
	uint32_t len = out->len - mark;

	memcpy(out->data + mark - sizeof(len), &len, sizeof(len));
}

bool out_crowded(const struct out *out)
{
	return out->flushed + out->len > BPMX_PAYLOAD_MAX / 4 * 3;
}

size_t write_most(int fd, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	size_t done = 0;

	while (done < len) {
		ssize_t n = write(fd, bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	return done;
}

int write_all(int fd, const void *data, size_t len)
{
	return write_most(fd, data, len) == len ? 0 : -1;
}

int read_at(int fd, uint8_t *data, size_t max, off_t offset, size_t *got)
{
	*got = 0;
	while (*got < max) {
		ssize_t n = pread(fd, data + *got, max - *got, offset + *got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		*got += n;
	}
	return 0;
}

void out_flush(struct out *out)
{
	if (out->fd < 0 || out->broken)
		return;
	if (write_all(out->fd, out->data, out->len))
		out->broken = true;
	out->flushed += out->len;
	out->len = 0;
}

void out_wait_taken(const struct out *out)
{
	int left = 0;

	while (!ioctl(out->fd, FIONREAD, &left) && left > 0)
		poll(NULL, 0, 1);
}

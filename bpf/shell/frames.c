// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <unistd.h>

#include "frames.h"

int frames_fill(struct frames *frames, int fd)
{
	size_t room = sizeof(frames->bytes) - frames->have;
	ssize_t got = room ? read(fd, frames->bytes + frames->have, room) : 0;

	if (got < 0)
		return -1;
	frames->have += got;
	return 0;
}

size_t frames_next(struct frames *frames, struct frame *frame)
{
	if (frames->have < FRAME_HEADER)
		return 0;
	frame->kind = frames->bytes[0];
	frame->len = frame_number(frames->bytes + 1, 2);
	frame->data = frames->bytes + FRAME_HEADER;
	size_t size = FRAME_HEADER + frame->len;

	if (size > FRAME_MAX)
		frames->have = 0;
	return size <= frames->have ? size : 0;
}

void frames_drop(struct frames *frames, size_t size)
{
	frames->have -= size;
	memmove(frames->bytes, frames->bytes + size, frames->have);
}

uint64_t frame_number(const uint8_t *data, size_t len)
{
	uint64_t number = 0;

	for (size_t i = len; i > 0; i--)
		number = number << 8 | data[i - 1];
	return number;
}

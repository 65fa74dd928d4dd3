/* SPDX-License-Identifier: Apache-2.0 */
/* What the harness writes into the fifo: a kind, a length of two bytes, so many bytes.
 * harness/run/shell/frames.ts */
#ifndef SHELL_FRAMES_H
#define SHELL_FRAMES_H

#include <stddef.h>
#include <stdint.h>

enum frame_kind {
	/* Bytes that were typed. */
	FRAME_INPUT = 'i',
	/* Rows and columns, two bytes each. */
	FRAME_SIZE = 'w',
	/* How much of the output has been read, eight bytes. */
	FRAME_READ = 'r',
};

/* A frame is written at once, and no write of more than PIPE_BUF is. */
#define FRAME_MAX    4096
#define FRAME_HEADER 3

struct frame {
	uint8_t kind;
	uint16_t len;
	const uint8_t *data;
};

struct frames {
	size_t have;
	uint8_t bytes[2 * FRAME_MAX];
};

/* Takes what is there of FD; -1 with errno when that is none. */
int frames_fill(struct frames *frames, int fd);

/*
 * The size of the next frame, header and all, which is then in FRAME; 0 when it is not complete. Of
 * a frame that is too long for one, and of what follows it, nothing is kept.
 */
size_t frames_next(struct frames *frames, struct frame *frame);

void frames_drop(struct frames *frames, size_t size);

/* A little-endian number. */
uint64_t frame_number(const uint8_t *data, size_t len);

#endif

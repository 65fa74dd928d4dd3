// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include "../frames.h"
#include "agent/test/check.h"

static int fds[2];
static struct frames frames;
static struct frame frame;

static void take(const void *bytes, size_t len)
{
	CHECK(write(fds[1], bytes, len) == (ssize_t)len, "the pipe took less");
	CHECK(!frames_fill(&frames, fds[0]), "nothing was there");
}

static void check_parts(void)
{
	take("i\x03", 2);
	CHECK(!frames_next(&frames, &frame), "half a header is a frame");
	take("\0ls", 3);
	CHECK(!frames_next(&frames, &frame), "half a frame is one");
	take("\nw\x04", 3);
	CHECK(frames_next(&frames, &frame) == 6, "it is not complete");
	CHECK(frame.kind == FRAME_INPUT && frame.len == 3, "kind %c, %u bytes", frame.kind,
	      frame.len);
	CHECK(!memcmp(frame.data, "ls\n", 3), "other bytes");
	frames_drop(&frames, 6);
	CHECK(frames.have == 2, "%zu bytes of the next one are left", frames.have);
	take("\0\x21\0\x4d\0", 5);
	CHECK(frames_next(&frames, &frame) == 7, "it is not complete");
	CHECK(frame_number(frame.data, 2) == 33 && frame_number(frame.data + 2, 2) == 77,
	      "numbers");
	frames_drop(&frames, 7);
	CHECK(!frames.have, "%zu bytes are left", frames.have);
}

static void check_too_long(void)
{
	take("i\xff\xff and so on", 13);
	CHECK(!frames_next(&frames, &frame), "a frame of 64 KiB is one");
	CHECK(!frames.have, "it is waited for");
	take("i\x01\0x", 4);
	CHECK(frames_next(&frames, &frame) == 4, "the next one is lost");
	frames_drop(&frames, 4);
}

int main(void)
{
	CHECK(!pipe2(fds, O_NONBLOCK), "no pipe");
	CHECK(frames_fill(&frames, fds[0]) == -1, "an empty pipe is something");
	check_parts();
	check_too_long();
	CHECK(frame_number((const uint8_t *)"\1\0\0\0\1\0\0\0", 8) == 0x100000001, "eight bytes");
	return conclude("shell frames");
}

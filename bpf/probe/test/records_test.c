// SPDX-License-Identifier: Apache-2.0
/* The raw reader of a ring buffer, on pages laid out as the kernel lays them out. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "agent/test/check.h"
#include "capture.h"
#include "fake_kernel.h"
#include "probe/oracle/oracle.h"

#define SIZE 4096u

/* A ring: the reader's page, the writer's, and the data twice in a row. */
struct ring {
	uint64_t consumer, producer;
	unsigned char data[SIZE];
};

/* A record at the writer's position; `flags` go into its header. */
static void push(struct ring *ring, uint32_t flags, const void *bytes, uint32_t len)
{
	uint32_t header[2] = {len | flags, 0};
	unsigned char *from = (unsigned char *)header;

	for (uint32_t i = 0; i < BPF_RINGBUF_HDR_SZ + len; i++) {
		unsigned char byte =
			i < BPF_RINGBUF_HDR_SZ
				? from[i]
				: ((const unsigned char *)bytes)[i - BPF_RINGBUF_HDR_SZ];

		ring->data[(ring->producer + i) % SIZE] = byte;
	}
	ring->producer += (BPF_RINGBUF_HDR_SZ + len + 7) & ~7u;
}

static int file_of(const struct ring *ring)
{
	long page = sysconf(_SC_PAGESIZE);
	int file = memfd_create("ring", 0);

	if (ftruncate(file, 2 * page + 2 * SIZE) || pwrite(file, &ring->consumer, 8, 0) != 8 ||
	    pwrite(file, &ring->producer, 8, page) != 8 ||
	    pwrite(file, ring->data, SIZE, 2 * page) != SIZE ||
	    pwrite(file, ring->data, SIZE, 2 * page + SIZE) != SIZE)
		abort();
	return file;
}

static const char *printed(const struct ring *ring, int *result)
{
	struct fake_object objects[] = {{.kind = FAKE_MAP}, {.kind = FAKE_MAP}, {.kind = FAKE_MAP}};
	const char *text;

	/* Neither an array called events nor another ring is it. */
	strcpy(objects[0].map.name, "events");
	objects[0].map.type = BPF_MAP_TYPE_ARRAY;
	strcpy(objects[1].map.name, "events_2");
	objects[1].map.type = BPF_MAP_TYPE_RINGBUF;
	strcpy(objects[2].map.name, "events");
	objects[2].map.type = BPF_MAP_TYPE_RINGBUF;
	objects[2].map.max_entries = SIZE;
	objects[2].file = ring ? file_of(ring) : 0;
	fake_kernel_has(objects, ring ? 3 : 2, ENOENT);
	capture_begin();
	*result = run_records(NULL);
	text = capture_end();
	if (ring)
		close(objects[2].file);
	return text;
}

static void check_records(void)
{
	struct ring ring = {0};
	int result;

	CHECK_TEXT(printed(&ring, &result), "");
	CHECK(result == 0, "an empty ring gives %d", result);
	push(&ring, 0, "\x01\x00\xfe", 3);
	push(&ring, BPF_RINGBUF_DISCARD_BIT, "\xdd\xdd", 2);
	push(&ring, 0, "\x02\x00\x00\x00\x00\x00\x00\x00\x99", 9);
	CHECK_TEXT(printed(&ring, &result), "0100fe\n020000000000000099\n");
	/* What was read already is nobody's business. */
	ring.consumer = 16;
	CHECK_TEXT(printed(&ring, &result), "020000000000000099\n");
	/* What is still being written is not read, nor anything after it. */
	push(&ring, BPF_RINGBUF_BUSY_BIT, "\xbb", 1);
	push(&ring, 0, "\xcc", 1);
	CHECK_TEXT(printed(&ring, &result), "020000000000000099\n");
	CHECK(result == 0, "gives %d", result);
}

/* Positions count on for ever; a record may begin at the end of the data and go on at its start. */
static void check_wrap(void)
{
	struct ring ring = {.consumer = 5 * SIZE - 16, .producer = 5 * SIZE - 16};
	unsigned char bytes[20];
	int result;

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	memset(ring.data, 0xee, sizeof(ring.data));
	push(&ring, 0, bytes, sizeof(bytes));
	push(&ring, 0, "\x7f", 1);
	CHECK_TEXT(printed(&ring, &result), "000102030405060708090a0b0c0d0e0f10111213\n7f\n");
}

/* An agent can write the reader's position; and what it makes of it is never read as records. */
static void check_forged(void)
{
	static const uint64_t forged[] = {8, 3, 1u << 20, 48, UINT64_MAX - 7, UINT64_MAX - SIZE};
	struct ring ring = {0};
	int result;

	push(&ring, 0, "\x01\x02\x03", 3);
	/* Read from offset 8, it is the header of a record that is longer than the ring. */
	push(&ring, 0, "\xff\xff\xff\x0f\xff\xff\xff\x0f", 8);
	memset(ring.data + 8, 0x2f, 4);
	for (size_t i = 0; i < sizeof(forged) / sizeof(*forged); i++) {
		ring.consumer = forged[i];
		CHECK_TEXT(printed(&ring, &result), "");
		CHECK(result == 0, "a forged position gives %d", result);
	}
	/* A writer's position in the middle of the last record: rounded up, it would be passed. */
	ring.consumer = UINT64_MAX - 63;
	ring.producer = UINT64_MAX;
	memset(ring.data, 0, sizeof(ring.data));
	CHECK_TEXT(printed(&ring, &result), "");
	CHECK(result == 0, "a crooked writer's position gives %d", result);
}

/* The messages are read by scenarios: an agent may have no such map. */
static void check_no_ring(void)
{
	int result;

	CHECK_TEXT(printed(NULL, &result), "");
	CHECK(result == 1, "no ring gives %d", result);
	CHECK(strstr(captured_err.text, "no ring buffer called events"), "%s", captured_err.text);
}

int main(void)
{
	check_records();
	check_wrap();
	check_forged();
	check_no_ring();
	return conclude("oracle records");
}

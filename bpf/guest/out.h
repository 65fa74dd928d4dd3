/* SPDX-License-Identifier: Apache-2.0 */
/* Builds a payload of fields, in memory or streamed into a pipe. */
#ifndef BPMX_OUT_H
#define BPMX_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct out {
	uint8_t *data;
	size_t len;
	size_t cap;
	/* Bytes that went to the sink. */
	size_t flushed;
	/* The sink of out_flush(), or -1. */
	int fd;
	/* Out of memory; everything after that is dropped and the payload is useless. */
	bool broken;
};

void out_init(struct out *out, int fd);
void out_free(struct out *out);

/* Has the memory for `len` more bytes at hand; false: broken. */
bool out_room(struct out *out, size_t len);

void out_u64(struct out *out, uint16_t id, uint64_t value);
/* Sends bytes that are no UTF-8 (names from a foreign object) as '?'. NULL is the empty string. */
void out_string(struct out *out, uint16_t id, const char *value);
void out_text(struct out *out, uint16_t id, const char *value, size_t len);
void out_bytes(struct out *out, uint16_t id, const void *value, size_t len);

/* Appends bytes that are fields already. */
void out_raw(struct out *out, const void *data, size_t len);

/* Opens a record; its fields follow until out_close() with the returned mark. */
size_t out_open(struct out *out, uint16_t id);
void out_close(struct out *out, size_t mark);

/* Is a reply of what is here and in the sink almost full? The rest goes into another reply. */
bool out_crowded(const struct out *out);

/* Writes what is there to the sink, so that it survives a crash of the writer. */
void out_flush(struct out *out);

/* Waits until the reader of a pipe has taken all that was flushed. */
void out_wait_taken(const struct out *out);

/* Writes until all is written or a write fails, with errno; how many bytes went out. */
size_t write_most(int fd, const void *data, size_t len);
/* Writes all of `len` bytes; -1 with errno. */
int write_all(int fd, const void *data, size_t len);
/* Reads up to `max` bytes at `offset`; an errno, or 0 with the length in `*got`. */
int read_at(int fd, uint8_t *data, size_t max, off_t offset, size_t *got);

#endif

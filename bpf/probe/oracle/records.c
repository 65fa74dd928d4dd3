// SPDX-License-Identifier: Apache-2.0
/*
 * Prints the records that lie in the ring buffer `events`, raw, one line of hex each, without
 * taking them from the agent: what the agent prints has lost every byte that a string hides behind
 * its NUL.
 */
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "oracle.h"

/* The ring buffer called `events`, or -1. */
static int find_ring(struct bpf_map_info *info)
{
	__u32 id = 0;

	while (!bpf_map_get_next_id(id, &id)) {
		__u32 len = sizeof(*info);
		int fd = bpf_map_get_fd_by_id(id);

		memset(info, 0, len);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, info, &len) &&
		    info->type == BPF_MAP_TYPE_RINGBUF && !strcmp(info->name, "events"))
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

static void print_record(const uint8_t *record, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		printf("%02x", record[i]);
	putchar('\n');
}

/*
 * From the reader's position to the writer's. The data pages are mapped twice in a row, so a record
 * that crosses the end is contiguous. The reader's position is the agent's to write: where it is
 * none, and at a record that does not lie between the two, nothing more is read, and the records
 * that were to come are missing. Records begin at multiples of 8, so that none ends behind the
 * writer's position once its length is rounded up.
 */
static void print_ring(const uint8_t *data, uint64_t from, uint64_t to, uint64_t size)
{
	if (from % 8 || to % 8 || to - from > size)
		return;
	while (from < to) {
		uint32_t header = *(const volatile uint32_t *)(data + (from & (size - 1)));
		uint32_t len = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

		if (header & BPF_RINGBUF_BUSY_BIT || len + BPF_RINGBUF_HDR_SZ > to - from)
			return;
		if (!(header & BPF_RINGBUF_DISCARD_BIT))
			print_record(data + (from & (size - 1)) + BPF_RINGBUF_HDR_SZ, len);
		from += (len + BPF_RINGBUF_HDR_SZ + 7) & ~7ULL;
	}
}

int run_records(char **args)
{
	long page = sysconf(_SC_PAGESIZE);
	struct bpf_map_info info;
	int fd = find_ring(&info);
	const uint64_t *consumer, *producer;
	uint8_t *mapped;

	(void)args;
	if (fd < 0) {
		fputs("oracle: no ring buffer called events\n", stderr);
		return 1;
	}
	consumer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	mapped = mmap(NULL, page + 2UL * info.max_entries, PROT_READ, MAP_SHARED, fd, page);
	if (consumer == MAP_FAILED || mapped == MAP_FAILED) {
		perror("oracle: mmap");
		return 1;
	}
	producer = (const uint64_t *)mapped;
	/* The reader is stopped while this runs, so what it has not read yet stays where it is. */
	print_ring(mapped + page, *consumer, *producer, info.max_entries);
	return 0;
}

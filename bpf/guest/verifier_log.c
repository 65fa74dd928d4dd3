// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include "trace.h"
#include "verifier_log.h"

#define LEVEL_FULL      1u
#define LOG_SIZE_SECOND (64u << 20)
/* `log_true_size` (6.4), the field after `core_relo_rec_size`; younger than some headers. */
#define TRUE_SIZE_AT   140
#define ATTR_WITH_TRUE 144
#define ATTR_ROOM      512

bool log_alloc(struct verifier_log *log, size_t size)
{
	void *text = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	memset(log, 0, sizeof(*log));
	if (text == MAP_FAILED)
		return false;
	log->text = text;
	log->size = size;
	return true;
}

void log_free(struct verifier_log *log)
{
	if (log->text)
		munmap(log->text, log->size);
	memset(log, 0, sizeof(*log));
}

int load_once(const union bpf_attr *attr, unsigned int size, unsigned int level,
	      struct verifier_log *log, uint32_t *true_size)
{
	union {
		union bpf_attr attr;
		uint8_t room[ATTR_ROOM];
	} own;

	memset(&own, 0, sizeof(own));
	memcpy(&own, attr, size < ATTR_ROOM ? size : ATTR_ROOM);
	own.attr.log_level = level;
	own.attr.log_buf = level ? (uintptr_t)log->text : 0;
	own.attr.log_size = level ? log->size : 0;
	memset(own.room + TRUE_SIZE_AT, 0, sizeof(*true_size));
	int fd = raw_bpf(BPF_PROG_LOAD, &own, size < ATTR_WITH_TRUE ? ATTR_WITH_TRUE : size);

	memcpy(true_size, own.room + TRUE_SIZE_AT, sizeof(*true_size));
	return fd;
}

int load_at_level(const union bpf_attr *attr, unsigned int size, unsigned int level,
		  struct verifier_log *log)
{
	uint32_t true_size = 0;
	int fd = -1, err = 0;

	log->text[0] = 0;
	for (int i = 0; i < LOAD_ATTEMPTS; i++) {
		fd = load_once(attr, size, level, log, &true_size);
		err = fd < 0 ? errno : 0;
		if (fd >= 0 || err != EAGAIN)
			break;
	}
	log->len = strnlen(log->text, log->size - 1);
	/* Otherwise the kernel counts text of abandoned branches, which it took back. */
	log->seen = true_size && err == ENOSPC ? true_size - 1 : log->len;
	log->keeps_tail = true_size != 0;
	errno = err;
	return fd;
}

int load_with_stats(const union bpf_attr *attr, unsigned int size, struct verifier_log *log)
{
	return load_at_level(attr, size, LEVEL_STATS, log);
}

static bool memory_allows(size_t size)
{
	struct sysinfo info;

	return !sysinfo(&info) && (uint64_t)info.freeram * info.mem_unit > 2 * (uint64_t)size;
}

/* The head is kept and the end is lost: put the complaint, known from the first attempt, there. */
static void append_verdict(struct verifier_log *log, const struct verifier_log *stats)
{
	static const char cut[] = "\n[the log buffer was full here; the end of the log is:]\n";
	size_t room = log->size - 1;
	size_t need = sizeof(cut) - 1 + stats->len;
	size_t at = log->len + need <= room ? log->len : room - need;

	if (need > room)
		return;
	memcpy(log->text + at, cut, sizeof(cut) - 1);
	memcpy(log->text + at + sizeof(cut) - 1, stats->text, stats->len);
	log->len = at + need;
	log->text[log->len] = 0;
}

int load_with_log(const union bpf_attr *attr, unsigned int size, const struct verifier_log *stats,
		  struct verifier_log *log)
{
	int fd = load_at_level(attr, size, LEVEL_FULL | LEVEL_STATS, log);
	struct verifier_log larger;

	if (fd >= 0 || errno != ENOSPC || log->keeps_tail)
		return fd;
	if (memory_allows(LOG_SIZE_SECOND) && log_alloc(&larger, LOG_SIZE_SECOND)) {
		fd = load_at_level(attr, size, LEVEL_FULL | LEVEL_STATS, &larger);
		log_free(log);
		*log = larger;
	}
	if (fd < 0 && errno == ENOSPC)
		append_verdict(log, stats);
	return fd;
}

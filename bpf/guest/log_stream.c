// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log_stream.h"
#include "verifier_log.h"

#define LEVEL_EACH_INSN 2u
#define LEVEL_FIXED     8u
/* As much as any kernel takes: UINT_MAX >> 2, less what would not be whole pages. */
#define LOG_SIZE_MAX ((size_t)(1u << 30) - PAGE)
/* Of kernels without userfaultfd. */
#define LOG_SIZE_PLAIN ((size_t)64 << 20)
#define PAGE           4096u
/* Bytes that the writer may fill before it waits again. */
#define PART (256u << 10)
/* Bytes before the writer that may change yet. */
#define UNSETTLED 256u

struct reading {
	const struct log_stream *stream;
	const struct log_reader *reader;
	char *text;
	size_t size;
	/* Up to here there is memory, and text of which the reader has had so much. */
	size_t backed;
	size_t taken;
	int done;
};

void log_stream_open(struct log_stream *stream)
{
	struct uffdio_api api = {.api = UFFD_API};

	stream->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (stream->uffd >= 0 && ioctl(stream->uffd, UFFDIO_API, &api)) {
		close(stream->uffd);
		stream->uffd = -1;
	}
}

static void take_until(struct reading *reading, size_t end)
{
	reading->reader->take(reading->reader->data, reading->text + reading->taken,
			      end - reading->taken);
	reading->taken = end;
}

/* Wakes the writer, too. */
static void back(const struct reading *reading, size_t from, size_t len)
{
	struct uffdio_zeropage zero = {
		.range = {.start = (uintptr_t)reading->text + from, .len = len}};

	ioctl(reading->stream->uffd, UFFDIO_ZEROPAGE, &zero);
}

/*
 * The kernel writes forward, but takes back the end of a line to append a state to it, and copies
 * in words: one that crosses into missing memory has written none of its bytes yet. The last bytes
 * are therefore read later, and the page that has them is kept.
 */
static void serve_fault(struct reading *reading, size_t at)
{
	size_t page = at & ~(size_t)(PAGE - 1);
	size_t left = reading->size - reading->backed;

	if (page != reading->backed) {
		back(reading, page, PAGE);
		return;
	}
	if (reading->backed)
		take_until(reading, reading->backed - UNSETTLED);
	if (reading->backed > PAGE) {
		size_t keep = reading->backed - PAGE;
		size_t from = reading->backed > PART + PAGE ? keep - PART : 0;

		madvise(reading->text + from, keep - from, MADV_DONTNEED);
	}
	size_t len = left < PART ? left : PART;

	reading->backed += len;
	back(reading, page, len);
}

static void *follow(void *input)
{
	struct reading *reading = input;
	struct pollfd ready[] = {{.fd = reading->stream->uffd, .events = POLLIN},
				 {.fd = reading->done, .events = POLLIN}};
	struct uffd_msg message;

	for (;;) {
		if (poll(ready, 2, -1) < 0)
			continue;
		while (read(reading->stream->uffd, &message, sizeof(message)) == sizeof(message)) {
			if (message.event == UFFD_EVENT_PAGEFAULT)
				serve_fault(reading, message.arg.pagefault.address -
							     (uintptr_t)reading->text);
		}
		if (ready[1].revents)
			return NULL;
	}
}

static int load(const struct reading *reading, const union bpf_attr *attr, unsigned int size,
		unsigned int level)
{
	struct verifier_log log = {.text = reading->text, .size = reading->size};
	uint32_t true_size;

	return load_once(attr, size, level, &log, &true_size);
}

/* With a thread that reads. */
static int load_followed(struct reading *reading, const union bpf_attr *attr, unsigned int size,
			 unsigned int level)
{
	struct uffdio_register range = {
		.range = {.start = (uintptr_t)reading->text, .len = reading->size},
		.mode = UFFDIO_REGISTER_MODE_MISSING};
	pthread_t thread;
	uint64_t one = 1;

	if (ioctl(reading->stream->uffd, UFFDIO_REGISTER, &range))
		return -1;
	reading->done = eventfd(0, EFD_CLOEXEC);
	errno = pthread_create(&thread, NULL, follow, reading);
	if (errno)
		return -1;
	int fd = load(reading, attr, size, level);
	int err = errno;

	if (write(reading->done, &one, sizeof(one)) == sizeof(one))
		pthread_join(thread, NULL);
	close(reading->done);
	/* Not a byte that has no memory is touched from here. */
	take_until(reading, reading->taken + strnlen(reading->text + reading->taken,
						     reading->backed - reading->taken));
	errno = err;
	return fd;
}

static int load_plain(struct reading *reading, const union bpf_attr *attr, unsigned int size,
		      unsigned int level)
{
	int fd = load(reading, attr, size, level);
	int err = errno;

	take_until(reading, strnlen(reading->text, reading->size));
	errno = err;
	return fd;
}

static int attempt(struct log_stream *stream, const union bpf_attr *attr, unsigned int size,
		   unsigned int level, const struct log_reader *reader)
{
	bool followed = stream->uffd >= 0;
	struct reading reading = {
		.stream = stream,
		.reader = reader,
		.size = followed ? LOG_SIZE_MAX : LOG_SIZE_PLAIN,
	};

	reader->restart(reader->data);
	reading.text = mmap(NULL, reading.size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (reading.text == MAP_FAILED)
		return -1;
	madvise(reading.text, reading.size, MADV_NOHUGEPAGE);
	int fd = followed ? load_followed(&reading, attr, size, level)
			  : load_plain(&reading, attr, size, level);
	int err = errno;

	munmap(reading.text, reading.size);
	errno = err;
	return fd;
}

int log_stream_load(struct log_stream *stream, const union bpf_attr *attr, unsigned int size,
		    bool fixed, const struct log_reader *reader)
{
	unsigned int level = LEVEL_EACH_INSN | LEVEL_STATS | (fixed ? LEVEL_FIXED : 0);
	int fd = -1;

	for (int i = 0; i < LOAD_ATTEMPTS; i++) {
		fd = attempt(stream, attr, size, level, reader);
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd;
}

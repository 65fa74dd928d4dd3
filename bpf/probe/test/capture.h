/* SPDX-License-Identifier: Apache-2.0 */
/* What a function prints on stdout and on stderr, as text. */
#ifndef PROBE_TEST_CAPTURE_H
#define PROBE_TEST_CAPTURE_H

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* One stream; `text` is good until the next capture. */
struct capture {
	FILE *stream;
	int fd, saved, file;
	char text[16384];
};

static struct capture captured_out, captured_err;

static void capture_one(struct capture *capture, FILE *stream, int fd)
{
	fflush(stream);
	capture->stream = stream;
	capture->fd = fd;
	capture->saved = dup(fd);
	capture->file = memfd_create("captured", 0);
	dup2(capture->file, fd);
}

static void release_one(struct capture *capture)
{
	ssize_t len;

	fflush(capture->stream);
	dup2(capture->saved, capture->fd);
	len = pread(capture->file, capture->text, sizeof(capture->text) - 1, 0);
	capture->text[len > 0 ? len : 0] = '\0';
	close(capture->saved);
	close(capture->file);
}

/* Call between them what prints: capture_end gives what it printed on stdout. */
static void capture_begin(void)
{
	capture_one(&captured_out, stdout, 1);
	capture_one(&captured_err, stderr, 2);
}

static const char *capture_end(void)
{
	release_one(&captured_out);
	release_one(&captured_err);
	return captured_out.text;
}

#endif

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops.h"
#include "paths.h"
#include "sha256.h"

/* Bytes of a file in one reply, next to the headers. */
#define GET_MAX (BPMX_PAYLOAD_MAX - 64)

/* Writes all of `len` bytes at `offset`; an errno, or 0. */
static int write_at(int fd, const uint8_t *data, size_t len, off_t offset)
{
	while (len) {
		ssize_t n = pwrite(fd, data, len, offset);

		if (n < 0 && errno == EINTR)
			continue;
		/* Files of /proc and /sys know no offset: there the first write is the only one. */
		if (n < 0 && errno == ESPIPE && offset == 0)
			n = write(fd, data, len);
		if (n <= 0)
			return n ? errno : EIO;
		data += n;
		len -= n;
		offset += n;
	}
	return 0;
}

static void put(const struct args *args, struct reply *reply)
{
	const char *path = args_string(args, F_PATH, "");
	const struct arg *data = args_find(args, F_DATA);
	off_t offset = args_u64(args, F_OFFSET, 0);
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | (offset ? 0 : O_TRUNC);
	int fd, err;

	if (offset < 0) {
		fail_value(reply, "OFFSET beyond any file");
		return;
	}
	make_parents(path);
	fd = open(path, flags, 0600);
	if (fd < 0) {
		fail(reply, errno, path);
		return;
	}
	err = write_at(fd, data->data, data->len, offset);
	/* Not on every file system (bpffs, sysfs): only when the caller asks for it. */
	if (!err && args_find(args, F_MODE) && fchmod(fd, args_u64(args, F_MODE, 0) & 07777))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	if (err)
		fail(reply, err, path);
}

/* Nothing but a regular file is opened: a device may do something when it is, a fifo may wait. */
static int open_regular(const char *path, struct stat *st)
{
	int fd, err;

	if (stat(path, st))
		return -1;
	errno = EINVAL;
	if (!S_ISREG(st->st_mode))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -1;
	/* It may have been replaced in between. */
	err = fstat(fd, st) ? errno : S_ISREG(st->st_mode) ? 0 : EINVAL;
	if (!err)
		return fd;
	close(fd);
	errno = err;
	return -1;
}

static void get(const struct args *args, struct reply *reply)
{
	const char *path = args_string(args, F_PATH, "");
	size_t max = args_u64(args, F_MAX, GET_MAX);
	struct stat st;
	int fd = open_regular(path, &st);
	uint8_t *data;
	size_t got;

	if (fd < 0) {
		fail(reply, errno, path);
		return;
	}
	if (max > GET_MAX)
		max = GET_MAX;
	data = malloc(max ? max : 1);
	int err = data ? 0 : ENOMEM;

	if (!err)
		err = read_at(fd, data, max, args_u64(args, F_OFFSET, 0), &got);
	if (err) {
		fail(reply, err, path);
	} else {
		out_bytes(&reply->out, F_DATA, data, got);
		out_u64(&reply->out, F_SIZE, st.st_size);
	}
	free(data);
	close(fd);
}

static void remove_file(const struct args *args, struct reply *reply)
{
	const char *path = args_string(args, F_PATH, "");

	if (remove(path))
		fail(reply, errno, path);
}

/* What is there, in the order of the paths. */
static void look(const struct args *args, struct reply *reply)
{
	for (size_t i = 0; i < args->count; i++) {
		struct stat st = {0};
		int err = lstat((const char *)args->list[i].data, &st) ? errno : 0;
		size_t mark = out_open(&reply->out, F_SEEN);

		out_u64(&reply->out, F_ERRNO, err);
		out_u64(&reply->out, F_SIZE, st.st_size);
		out_close(&reply->out, mark);
	}
}

/* 0, or an errno. */
static int hash_file(int fd, struct sha256 *sha)
{
	uint8_t part[16384];
	ssize_t got;

	while ((got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0 && errno != EINTR)
			return errno;
		if (got > 0)
			sha256_update(sha, part, got);
	}
	return 0;
}

static void hash(const struct args *args, struct reply *reply)
{
	const char *path = args_string(args, F_PATH, "");
	struct stat st;
	int fd = open_regular(path, &st);
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha;

	sha256_init(&sha);
	int err = fd < 0 ? errno : hash_file(fd, &sha);

	if (fd >= 0)
		close(fd);
	if (err) {
		fail(reply, err, path);
		return;
	}
	out_u64(&reply->out, F_SIZE, sha.length);
	sha256_final(&sha, digest);
	out_bytes(&reply->out, F_SHA256, digest, sizeof(digest));
}

static const struct rule put_rules[] = {
	{F_PATH, ONE}, {F_DATA, ONE}, {F_OFFSET, OPTIONAL}, {F_MODE, OPTIONAL}};
static const struct rule get_rules[] = {{F_PATH, ONE}, {F_OFFSET, OPTIONAL}, {F_MAX, OPTIONAL}};
static const struct rule look_rules[] = {{F_FILE, MANY}};
static const struct rule path_rules[] = {{F_PATH, ONE}};

const struct op file_ops[] = {
	{OP_PUT, RULES(put_rules), put},
	{OP_GET, RULES(get_rules), get},
	{OP_REMOVE, RULES(path_rules), remove_file},
	{OP_HASH, RULES(path_rules), hash},
	{OP_LOOK, RULES(look_rules), look},
	{0},
};

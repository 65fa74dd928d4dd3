/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source.h"

static char *read_whole(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = NULL;
	size_t room = 0;
	ssize_t got = fd < 0 ? -1 : 1;

	*len = 0;
	while (got > 0) {
		if (*len == room) {
			char *larger = realloc(bytes, room = room ? room * 2 : 65536);

			if (!larger) {
				errno = ENOMEM;
				got = -1;
				break;
			}
			bytes = larger;
		}
		got = read(fd, bytes + *len, room - *len);
		*len += got > 0 ? got : 0;
	}
	if (fd >= 0)
		close(fd);
	if (got == 0)
		return bytes;
	free(bytes);
	return NULL;
}

int source_policy(const char *path, struct policy *policy, struct failure *failure)
{
	struct policy_error error;
	size_t len;
	char *bytes;
	int result;

	memset(policy, 0, sizeof(*policy));
	if (!path)
		return 0;
	bytes = read_whole(path, &len);
	if (!bytes)
		return fail(failure, "POLICY_INVALID", "%.300s: %s", path, strerror(errno));
	result = policy_parse(bytes, len, policy, &error);
	free(bytes);
	if (!result)
		return 0;
	return fail(failure, "POLICY_INVALID", "%.300s:%u: %s", path, error.line, error.message);
}

bool source_lsm_has_bpf(const char *path)
{
	size_t len;
	char *list = read_whole(path, &len);
	bool found = false;

	for (size_t at = 0; list && at < len && !found;) {
		size_t end = at;

		while (end < len && list[end] != ',' && list[end] != '\n' && list[end] != '\0')
			end++;
		found = end - at == 3 && !memcmp(list + at, "bpf", 3);
		at = end + 1;
	}
	free(list);
	return found;
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "children.h"
#include "port.h"
#include "power.h"
#include "worker.h"

/* Seconds until a harness that does not take a reply counts as gone. */
#define WRITE_LIMIT 60

int port_init(struct port *port, int in, int out)
{
	memset(port, 0, sizeof(*port));
	port->in = in;
	port->out = out;
	port->payload = malloc(BPMX_PAYLOAD_MAX);
	return port->payload ? 0 : -1;
}

/* False when the other side is gone. A SIGCHLD ends the wait, so that orphans are reaped at once.
 */
static bool read_exactly(int fd, uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n = read(fd, data, len);

		if (n < 0 && errno == EINTR) {
			children_reap();
			continue;
		}
		int err = errno;

		/* What a worker attached may have forbidden it. */
		if (n < 0 && worker_settle())
			continue;
		if (n < 0 && IS_DENIAL(err))
			denied();
		if (n <= 0)
			return false;
		data += n;
		len -= n;
	}
	return true;
}

/* Waits for a worker that may have forbidden it; its deadline counts, and not ours. */
static bool settle_unhurried(void)
{
	unsigned int left = alarm(0);
	bool is_settled = worker_settle();

	alarm(left);
	return is_settled;
}

static int write_exactly(int fd, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	size_t done = 0;

	while ((done += write_most(fd, bytes + done, len - done)) < len) {
		int err = errno;

		if (settle_unhurried())
			continue;
		if (IS_DENIAL(err))
			denied();
		return -1;
	}
	return 0;
}

static bool drain(struct port *port, size_t len)
{
	while (len) {
		size_t part = len < BPMX_PAYLOAD_MAX ? len : BPMX_PAYLOAD_MAX;

		if (!read_exactly(port->in, port->payload, part))
			return false;
		len -= part;
	}
	return true;
}

/* Reads on until the header buffer begins with the magic; false when the stream ends first. */
static bool resynchronise(struct port *port)
{
	const uint32_t magic = BPMX_MAGIC;
	uint8_t *bytes = port->ahead;
	unsigned int have = sizeof(port->ahead);

	while (have < sizeof(magic) || memcmp(bytes, &magic, sizeof(magic))) {
		/* A shorter tail may be the beginning of a magic that is still on its way. */
		memmove(bytes, bytes + 1, --have);
		if (have >= sizeof(magic))
			continue;
		if (!read_exactly(port->in, bytes + have, 1))
			return false;
		have++;
	}
	port->ahead_len = have;
	return true;
}

enum port_event port_read(struct port *port, struct bpmx_frame *header)
{
	unsigned int have = port->ahead_len;

	port->ahead_len = 0;
	if (!read_exactly(port->in, port->ahead + have, sizeof(port->ahead) - have))
		return PORT_CLOSED;
	memcpy(header, port->ahead, sizeof(*header));
	if (header->magic != BPMX_MAGIC)
		return resynchronise(port) ? PORT_GARBAGE : PORT_CLOSED;
	if (header->len > BPMX_PAYLOAD_MAX)
		return drain(port, header->len) ? PORT_OVERSIZE : PORT_CLOSED;
	return read_exactly(port->in, port->payload, header->len) ? PORT_FRAME : PORT_CLOSED;
}

int port_write(struct port *port, uint16_t type, uint32_t seq, const struct out *payload)
{
	struct bpmx_frame header = {
		.magic = BPMX_MAGIC,
		.version = BPMX_VERSION,
		.type = type,
		.seq = seq,
		.len = payload->len,
	};
	int err;

	alarm(WRITE_LIMIT);
	err = write_exactly(port->out, &header, sizeof(header)) ||
	      write_exactly(port->out, payload->data, payload->len);
	alarm(0);
	return err ? -1 : 0;
}

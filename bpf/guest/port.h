/* SPDX-License-Identifier: Apache-2.0 */
/* The stream to the harness: frames in, frames out. One blocking reader, one writer, no poll. */
#ifndef BPMX_PORT_H
#define BPMX_PORT_H

#include <stdint.h>

#include "out.h"
#include "protocol.h"

struct port {
	int in;
	int out;
	/* The payload of the frame that was read last. */
	uint8_t *payload;
	/* Header bytes already here after a resynchronisation. */
	uint8_t ahead[sizeof(struct bpmx_frame)];
	unsigned int ahead_len;
};

/* What port_read() found. */
enum port_event {
	PORT_FRAME,
	/* Other bytes came where a frame should begin; they were skipped up to the next magic. */
	PORT_GARBAGE,
	/* The frame was longer than BPMX_FRAME_MAX; its bytes were drained. */
	PORT_OVERSIZE,
	/* The harness is gone, or the device failed. */
	PORT_CLOSED,
};

/* -1 when there is no memory. */
int port_init(struct port *port, int in, int out);

/* Blocks for the next event. PORT_GARBAGE comes with the good header after it still unread. */
enum port_event port_read(struct port *port, struct bpmx_frame *header);

/*
 * Sends one frame. A harness that does not read for a minute is gone: the process ends with
 * SIGALRM's handler. -1: closed.
 */
int port_write(struct port *port, uint16_t type, uint32_t seq, const struct out *payload);

#endif

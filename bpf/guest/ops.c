// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "children.h"
#include "ops.h"
#include "worker.h"

static const struct op *const groups[] = {file_ops, system_ops, process_ops,
					  load_ops, kernel_ops, sealed_ops};

static const struct op *find_op(uint16_t type)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		for (const struct op *op = groups[i]; op->run; op++) {
			if (op->type == type)
				return op;
		}
	}
	return NULL;
}

void fail(struct reply *reply, int err, const char *what)
{
	reply->error.code = ERR_SYSTEM;
	reply->error_errno = err;
	snprintf(reply->error.text, sizeof(reply->error.text), "%.200s: %s", what, strerror(err));
}

void fail_value(struct reply *reply, const char *what)
{
	reply->error.code = ERR_BAD_VALUE;
	snprintf(reply->error.text, sizeof(reply->error.text), "%.200s", what);
}

static int send_error(struct port *port, uint32_t seq, const struct reply *reply)
{
	struct out out;

	out_init(&out, -1);
	out_u64(&out, F_CODE, reply->error.code);
	if (reply->error_errno)
		out_u64(&out, F_ERRNO, reply->error_errno);
	out_string(&out, F_MESSAGE, reply->error.text);
	int err = out.broken ? -1 : port_write(port, OP_ERROR, seq, &out);

	out_free(&out);
	return err;
}

static void run_op(const struct bpmx_frame *header, const uint8_t *payload, struct reply *reply)
{
	const struct op *op = find_op(header->type);
	struct args args;

	if (!op) {
		reply->error.code = ERR_UNKNOWN_OPERATION;
		snprintf(reply->error.text, sizeof(reply->error.text), "no operation has type %u",
			 header->type);
		return;
	}
	if (args_parse(&args, payload, header->len, op->rules, op->nrules, &reply->error))
		op->run(&args, reply);
	args_free(&args);
	if (reply->error.code)
		return;
	if (reply->out.broken) {
		fail(reply, ENOMEM, "reply");
	} else if (reply->out.len > BPMX_PAYLOAD_MAX) {
		reply->error.code = ERR_REPLY_TOO_LARGE;
		snprintf(reply->error.text, sizeof(reply->error.text), "a reply of %zu bytes",
			 reply->out.len);
	}
}

/* Checks the header; HELLO begins a new count, so that a restored guest can be taken up. */
static void check_header(const struct bpmx_frame *header, uint32_t *last_seq, struct complaint *why)
{
	uint32_t expected = *last_seq + 1;

	*last_seq = header->seq;
	if (header->version != BPMX_VERSION) {
		why->code = ERR_BAD_VERSION;
		snprintf(why->text, sizeof(why->text), "protocol version %u, this guest speaks %u",
			 header->version, BPMX_VERSION);
	} else if (header->seq != expected && header->type != OP_HELLO) {
		why->code = ERR_SEQ_GAP;
		snprintf(why->text, sizeof(why->text), "sequence number %u, expected %u",
			 header->seq, expected);
	}
}

/* Answers one frame; -1 when the harness is gone. */
static int answer(struct port *port, enum port_event event, const struct bpmx_frame *header,
		  uint32_t *last_seq)
{
	struct reply reply = {0};
	uint32_t seq = header->seq;
	int err;

	out_init(&reply.out, -1);
	if (event == PORT_GARBAGE) {
		seq = 0;
		reply.error.code = ERR_BAD_MAGIC;
		snprintf(reply.error.text, sizeof(reply.error.text), "bytes without a frame");
	} else {
		check_header(header, last_seq, &reply.error);
	}
	if (event == PORT_OVERSIZE) {
		reply.error.code = ERR_OVERSIZE;
		snprintf(reply.error.text, sizeof(reply.error.text),
			 "a payload of %u bytes, at most %zu", header->len, BPMX_PAYLOAD_MAX);
	}
	if (!reply.error.code)
		run_op(header, port->payload, &reply);
	if (reply.error.code)
		err = send_error(port, seq, &reply);
	else
		err = port_write(port, header->type, seq, &reply.out);
	out_free(&reply.out);
	return err;
}

void serve(struct port *port)
{
	struct bpmx_frame header;
	enum port_event event;
	uint32_t last_seq = 0;
	struct out hello;

	out_init(&hello, -1);
	put_hello(&hello);
	int err = hello.broken ? -1 : port_write(port, OP_HELLO, 0, &hello);

	out_free(&hello);
	while (!err && (event = port_read(port, &header)) != PORT_CLOSED) {
		worker_settle();
		children_reap();
		err = answer(port, event, &header, &last_seq);
	}
}

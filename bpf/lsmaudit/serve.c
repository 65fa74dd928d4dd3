/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"
#include "serve.h"

#define POLL_MS 100

static volatile sig_atomic_t stopped;

static void on_signal(int signo)
{
	(void)signo;
	stopped = 1;
}

static void print_line(struct json *line)
{
	if (line->text && !line->failed)
		puts(line->text);
	json_free(line);
}

void announce(const char *state, const char *reason)
{
	struct json line = {0};

	json_open(&line, NULL, '{');
	json_text(&line, "type", "state");
	json_text(&line, "state", state);
	if (reason)
		json_text(&line, "reason", reason);
	json_close(&line, '}');
	print_line(&line);
	fflush(stdout);
}

/* For whoever reads events, and for whoever reads the log. */
static void warn_of_dirt(const struct dirt *dirt)
{
	struct json line = {0};

	json_open(&line, NULL, '{');
	json_text(&line, "type", "dirty");
	json_text(&line, "field", dirt->field);
	json_unsigned(&line, "offset", dirt->offset);
	json_unsigned(&line, "bytes", dirt->count);
	json_close(&line, '}');
	print_line(&line);
	fprintf(stderr,
		"lsmaudit: warning: %zu bytes of an earlier record in %s, from offset %zu\n",
		dirt->count, dirt->field, dirt->offset);
}

static int on_record(void *context, void *data, size_t len)
{
	struct dirt dirt[DIRT_MAX];
	struct json line = {0};
	int found = decode_record(&line, data, len, dirt);

	(void)context;
	if (found < 0)
		fprintf(stderr, "lsmaudit: warning: a record of %zu bytes that nobody can read\n",
			len);
	print_line(&line);
	for (int i = 0; i < found; i++)
		warn_of_dirt(&dirt[i]);
	return 0;
}

/* Whenever there is more of it: an observer says what it has not seen. */
static void report_lost(const struct observer *observer, __u64 known[LOST_KINDS])
{
	__u64 counts[LOST_KINDS];
	struct json line = {0};

	observer_lost(observer, counts);
	if (!memcmp(counts, known, sizeof(counts)))
		return;
	memcpy(known, counts, sizeof(counts));
	json_open(&line, NULL, '{');
	json_text(&line, "type", "lost");
	json_unsigned(&line, "ring", counts[LOST_RING]);
	json_unsigned(&line, "read", counts[LOST_READ]);
	json_unsigned(&line, "family", counts[LOST_FAMILY]);
	json_close(&line, '}');
	print_line(&line);
}

int serve(struct observer *observer)
{
	struct ring_buffer *events = ring_buffer__new(observer->events, on_record, NULL, NULL);
	__u64 lost[LOST_KINDS] = {0};

	if (!events)
		return -1;
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	announce("OBSERVING", NULL);
	while (!stopped) {
		ring_buffer__poll(events, POLL_MS);
		report_lost(observer, lost);
		fflush(stdout);
	}
	observer_detach(observer);
	ring_buffer__consume(events);
	report_lost(observer, lost);
	fflush(stdout);
	ring_buffer__free(events);
	return 0;
}

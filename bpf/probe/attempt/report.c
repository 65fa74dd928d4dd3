// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

static int report_pipe = -1;
static unsigned long report_attempt;

void report_to(int pipe, unsigned long attempt)
{
	report_pipe = pipe;
	report_attempt = attempt;
}

bool report_read(char *packet, long len, unsigned long attempt)
{
	uint8_t signature[SIGNATURE_BYTES];

	if (len <= SIGNATURE_BYTES)
		return false;
	len -= SIGNATURE_BYTES;
	sign_packet(attempt, packet, len, signature);
	if (memcmp(packet + len, signature, SIGNATURE_BYTES))
		return false;
	packet[len] = 0;
	return true;
}

/* Nobody is left to report to when this fails: the batch then sees an end without a report. */
static void send_packet(const char *packet, size_t len)
{
	char whole[REPORT_PACKET_MAX];

	memcpy(whole, packet, len);
	sign_packet(report_attempt, packet, len, (uint8_t *)whole + len);
	if (write(report_pipe, whole, len + SIGNATURE_BYTES) < 0)
		_exit(2);
}

void report_returned(int err)
{
	char packet[16];

	if (report_pipe < 0) {
		printf("%d\n", err);
		fflush(stdout);
		return;
	}
	send_packet(packet, snprintf(packet, sizeof(packet), "%c%d", REPORT_RETURNED, err));
}

static noreturn void report_text(char kind, const char *format, va_list values)
{
	char packet[REPORT_MAX] = {kind};
	int room = sizeof(packet) - 1;
	int len = vsnprintf(packet + 1, room, format, values);

	if (report_pipe < 0)
		fprintf(stderr, "attempt: %s: %s\n",
			kind == REPORT_ABSENT ? "absent" : "not arranged", packet + 1);
	else
		send_packet(packet, 1 + (len < room ? len : room - 1));
	_exit(2);
}

void not_arranged(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_text(REPORT_NOT_ARRANGED, format, values);
}

void absent(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	report_text(REPORT_ABSENT, format, values);
}

void arrange(int ok, const char *what)
{
	if (!ok)
		not_arranged("%s: %s", what, strerror(errno));
}

void facility(int ok, const char *what)
{
	if (!ok && (errno == ENOSYS || errno == EOPNOTSUPP || errno == ENODEV ||
		    errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT || errno == ENOPROTOOPT))
		absent("%s: %s", what, strerror(errno));
	arrange(ok, what);
}

int outcome(long result)
{
	return result < 0 ? errno : 0;
}

int outcome_of(long result, const char *what)
{
	if (result < 0 && errno == ENOSYS)
		absent("%s: %s", what, strerror(errno));
	return outcome(result);
}

bool is_denial(int err)
{
	return err == EPERM || err == EACCES;
}

// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../guest/standby.h"
#include "../common/json.h"
#include "batch.h"
#include "one_attempt.h"
#include "report.h"

#define FIXED_FIELDS 4
#define FIELDS_MAX   20

static bool parse_number(const char *text, long *number)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

/* The number of fields; FIELDS_MAX + 1 when there are more. */
static int split(char *line, char **fields)
{
	char *field;
	int count = 0;

	line[strcspn(line, "\n")] = 0;
	while ((field = strsep(&line, "\t"))) {
		if (count == FIELDS_MAX)
			return FIELDS_MAX + 1;
		fields[count++] = field;
	}
	return count;
}

/* What is wrong with the line, or NULL. */
static const char *parse(char *line, size_t len, char **fields, struct attempt *attempt, long *id)
{
	long timeout;
	int count;

	if (strlen(line) != len)
		return "a NUL byte";
	count = split(line, fields);
	if (count < FIXED_FIELDS)
		return "not ID, CGROUP, TIMEOUT_MS, OPERATION";
	if (count > FIELDS_MAX)
		return "too many fields";
	if (!parse_number(fields[0], id))
		return "ID is not a number";
	if (!parse_number(fields[2], &timeout) || timeout > INT_MAX)
		return "TIMEOUT_MS is not a number";
	*attempt = (struct attempt){.cgroup = strcmp(fields[1], "-") ? fields[1] : NULL,
				    .timeout_ms = timeout};
	fields += FIXED_FIELDS - 1;
	count -= FIXED_FIELDS;
	if (!strcmp(*fields, "as")) {
		if (count < 2)
			return "not as NAME OPERATION";
		attempt->name = fields[1];
		fields += 2;
		count -= 2;
	}
	attempt->operation = *fields;
	attempt->arguments = count;
	attempt->args = fields + 1;
	return NULL;
}

static void print_answer(long id, const struct attempt_answer *answer)
{
	static const char *const kinds[] = {[ATTEMPT_RETURNED] = "returned",
					    [ATTEMPT_SIGNALLED] = "signalled",
					    [ATTEMPT_TIMED_OUT] = "timed-out",
					    [ATTEMPT_NOT_ARRANGED] = "not-arranged",
					    [ATTEMPT_ABSENT] = "absent"};

	printf("{\"id\":%ld,\"pid\":%d,\"kind\":\"%s\"", id, answer->pid, kinds[answer->end]);
	if (answer->end == ATTEMPT_RETURNED)
		printf(",\"errno\":%d", answer->code);
	if (answer->end == ATTEMPT_SIGNALLED)
		printf(",\"signal\":%d", answer->code);
	if (answer->end == ATTEMPT_NOT_ARRANGED || answer->end == ATTEMPT_ABSENT) {
		fputs(",\"detail\":", stdout);
		json_string(stdout, answer->detail);
	}
	puts("}");
}

static int answer_line(char *line, size_t len, unsigned int number)
{
	char *fields[FIELDS_MAX + 1] = {0};
	struct attempt_answer answer = {0};
	struct attempt attempt;
	long id;
	const char *wrong = parse(line, len, fields, &attempt, &id);

	if (wrong) {
		fprintf(stderr, "attempt: line %u: %s\n", number, wrong);
		return 2;
	}
	if (attempt_run(&attempt, &answer)) {
		fprintf(stderr, "attempt: line %u: a process: %s\n", number, strerror(errno));
		return 2;
	}
	print_answer(id, &answer);
	return 0;
}

int run_batch(void)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;
	int status = 0;
	ssize_t len;

	if (attempt_prepare()) {
		perror("attempt: preparing");
		return 2;
	}
	while (!status && (len = getline(&line, &size, stdin)) >= 0)
		status = answer_line(line, len, ++number);
	free(line);
	if (!status && ferror(stdin)) {
		perror("attempt: reading");
		return is_denial(errno) ? STANDBY_DENIED : 2;
	}
	return status;
}

// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "utf8.h"

/* Milliseconds. */
#define TIMEOUT_MAX (3600u * 1000)

struct field_type {
	const char *name;
	uint16_t kind;
};

#define FIELD_TYPE(field, number, type) [number] = {#field, KIND_##type},
static const struct field_type field_types[] = {BPMX_FIELDS(FIELD_TYPE)};
#define FIELD_TYPES (sizeof(field_types) / sizeof(field_types[0]))

const char *field_name(uint16_t id)
{
	return id < FIELD_TYPES ? field_types[id].name : NULL;
}

#define REFUSE(why, error, ...)                                                                    \
	(snprintf((why)->text, sizeof((why)->text), __VA_ARGS__), (why)->code = (error), false)

static const struct rule *find_rule(const struct rule *rules, size_t nrules, uint16_t id)
{
	for (size_t i = 0; i < nrules; i++) {
		if (rules[i].id == id)
			return &rules[i];
	}
	return NULL;
}

/* Checks one field's value and copies a string to `*copy`, which moves on. */
static bool take_value(struct arg *arg, uint16_t kind, char **copy, struct complaint *why)
{
	if (kind != field_types[arg->id].kind)
		return REFUSE(why, ERR_WRONG_KIND, "field %s has kind %u, not %u",
			      field_name(arg->id), kind, field_types[arg->id].kind);
	if (kind == KIND_RECORD)
		return REFUSE(why, ERR_WRONG_KIND, "field %s: no request takes a record",
			      field_name(arg->id));
	if (kind == KIND_U64) {
		if (arg->len != sizeof(arg->number))
			return REFUSE(why, ERR_MALFORMED, "field %s: a number of %u bytes",
				      field_name(arg->id), arg->len);
		memcpy(&arg->number, arg->data, sizeof(arg->number));
	}
	if (kind == KIND_STRING) {
		if (!utf8_valid(arg->data, arg->len))
			return REFUSE(why, ERR_BAD_VALUE, "field %s: not UTF-8 without NUL",
				      field_name(arg->id));
		memcpy(*copy, arg->data, arg->len);
		(*copy)[arg->len] = 0;
		arg->data = (const uint8_t *)*copy;
		*copy += arg->len + 1;
	}
	return true;
}

static bool check_missing(const struct args *args, const struct rule *rules, size_t nrules,
			  struct complaint *why)
{
	for (size_t i = 0; i < nrules; i++) {
		if (rules[i].cardinality == ONE && !args_find(args, rules[i].id))
			return REFUSE(why, ERR_MISSING_FIELD, "field %s is missing",
				      field_name(rules[i].id));
	}
	return true;
}

bool args_parse(struct args *args, const uint8_t *payload, size_t len, const struct rule *rules,
		size_t nrules, struct complaint *why)
{
	size_t most = len / sizeof(struct bpmx_field) + 1;
	char *copy;

	memset(args, 0, sizeof(*args));
	args->list = calloc(most, sizeof(*args->list));
	copy = args->arena = malloc(len + most);
	if (!args->list || !args->arena)
		return REFUSE(why, ERR_SYSTEM, "no memory for %zu bytes of request", len);
	for (size_t at = 0; at < len;) {
		struct bpmx_field header;
		struct arg *arg = &args->list[args->count];

		if (len - at < sizeof(header))
			return REFUSE(why, ERR_MALFORMED, "%zu stray bytes", len - at);
		memcpy(&header, payload + at, sizeof(header));
		at += sizeof(header);
		if (header.len > len - at)
			return REFUSE(why, ERR_MALFORMED, "field %u: %u bytes announced, %zu there",
				      header.id, header.len, len - at);
		*arg = (struct arg){.id = header.id, .len = header.len, .data = payload + at};
		at += header.len;
		const struct rule *rule = find_rule(rules, nrules, header.id);

		if (!rule)
			return REFUSE(why, ERR_UNKNOWN_FIELD, "field %u is not known here",
				      header.id);
		if (!take_value(arg, header.kind, &copy, why))
			return false;
		if (rule->cardinality != MANY && args_find(args, header.id))
			return REFUSE(why, ERR_REPEATED_FIELD, "field %s is repeated",
				      field_name(header.id));
		args->count++;
	}
	return check_missing(args, rules, nrules, why);
}

void args_free(struct args *args)
{
	free(args->list);
	free(args->arena);
}

const struct arg *args_find(const struct args *args, uint16_t id)
{
	for (size_t i = 0; i < args->count; i++) {
		if (args->list[i].id == id)
			return &args->list[i];
	}
	return NULL;
}

const char *args_string(const struct args *args, uint16_t id, const char *otherwise)
{
	const struct arg *arg = args_find(args, id);

	return arg ? (const char *)arg->data : otherwise;
}

uint64_t args_u64(const struct args *args, uint16_t id, uint64_t otherwise)
{
	const struct arg *arg = args_find(args, id);

	return arg ? arg->number : otherwise;
}

unsigned int args_timeout(const struct args *args)
{
	uint64_t timeout = args_u64(args, F_TIMEOUT_MS, 0);

	return timeout < TIMEOUT_MAX ? timeout : TIMEOUT_MAX;
}

char **args_vector(const struct args *args, uint16_t id)
{
	char **vector = calloc(args->count + 1, sizeof(*vector));
	size_t n = 0;

	for (size_t i = 0; vector && i < args->count; i++) {
		if (args->list[i].id == id)
			vector[n++] = (char *)args->list[i].data;
	}
	return vector;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the payload of a request, for an operation of any rules: refused with a code and a
 * sentence, or arguments that keep every rule.
 */
#include "fuzz.h"
#include "guest/args.h"
#include "guest/utf8.h"

#define RULE(field, number, type) {.id = (number)},
static struct rule rules[] = {BPMX_FIELDS(RULE)};
#define KIND(field, number, type) [number] = KIND_##type,
static const uint16_t kinds[] = {BPMX_FIELDS(KIND)};
#define NRULES (sizeof(rules) / sizeof(*rules))

/* The first `count` fields, how often each is a matter of the seed. */
static void choose_rules(size_t count, uint8_t seed)
{
	for (size_t i = 0; i < count; i++)
		rules[i].cardinality =
			seed % 5 == 0 ? ONE : (enum cardinality)((i * 7 + seed) % 2 + OPTIONAL);
}

static size_t count_of(const struct args *args, uint16_t id)
{
	size_t count = 0;

	for (size_t i = 0; i < args->count; i++)
		count += args->list[i].id == id;
	return count;
}

static void check_arg(const struct arg *arg)
{
	switch (kinds[arg->id]) {
	case KIND_STRING:
		expect(strlen((const char *)arg->data) == arg->len);
		expect(utf8_valid(arg->data, arg->len));
		break;
	case KIND_BYTES:
		/* The sanitizer knows where the payload ends. */
		for (uint32_t i = 0; i < arg->len; i++)
			expect(arg->data[i] <= 0xff);
		break;
	case KIND_U64:
		expect(!memcmp(arg->data, &arg->number, sizeof(arg->number)));
		break;
	default:
		expect(false);
	}
}

static void check_args(const struct args *args, size_t nrules)
{
	size_t known = 0;

	for (size_t i = 0; i < nrules; i++) {
		size_t count = count_of(args, rules[i].id);

		known += count;
		expect(rules[i].cardinality == MANY || count <= 1);
		expect(rules[i].cardinality != ONE || count == 1);
		expect(!count == !args_find(args, rules[i].id));
	}
	expect(known == args->count);
	for (size_t i = 0; i < args->count; i++)
		check_arg(&args->list[i]);
}

static void check_vector(const struct args *args)
{
	char **vector = args_vector(args, F_ARGV);
	size_t count = 0;

	while (vector[count])
		count++;
	expect(count == count_of(args, F_ARGV));
	free(vector);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaint why = {0};
	struct args args;
	uint8_t *payload;
	size_t nrules;

	if (size < 2)
		return 0;
	nrules = data[0] % (NRULES + 1);
	choose_rules(nrules, data[1]);
	payload = exact_copy(data + 2, size - 2);
	if (args_parse(&args, payload, size - 2, rules, nrules, &why)) {
		expect(!why.code);
		check_args(&args, nrules);
		check_vector(&args);
		expect(args_timeout(&args) <= 3600u * 1000);
	} else {
		expect(why.code && why.text[0]);
	}
	args_free(&args);
	utf8_scrub(payload, size - 2);
	expect(utf8_valid(payload, size - 2));
	free(payload);
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include <unistd.h>

#include "load.h"
#include "ops.h"
#include "verifier_log.h"

char guest_folder[GUEST_FOLDER_MAX] = "/run/bpf-matrix";

/* Logs of the last LOAD_ALONE and LOAD_COST; each replaces the one before. */
static char log_path[PATH_MAX];
static char lines_path[PATH_MAX];
static char insns_path[PATH_MAX];
static char costs_path[PATH_MAX];

static void work(const struct args *args, struct reply *reply, work_fn work_on_object)
{
	struct load_request request = {
		.path = args_string(args, F_PATH, ""),
		.without_maps = args_vector(args, F_WITHOUT_MAP),
		.skip_programs = args_vector(args, F_SKIP_PROGRAM),
		.known_keys = args_vector(args, F_KNOWN_KEY),
		.needs = args_vector(args, F_NEED),
		.wants_keys = args_u64(args, F_WANT_KEYS, 0),
		.offset = args_u64(args, F_OFFSET, 0),
		.program = args_string(args, F_PROGRAM_NAME, ""),
		.log_max = args_u64(args, F_LOG_MAX, LOG_SIZE_FIRST),
		.log_path = log_path,
		.lines_path = lines_path,
		.insns_path = insns_path,
		.costs_path = costs_path,
		.attach = args_u64(args, F_ATTACH, 0),
		.linger = args_u64(args, F_LINGER, 0),
		.without_capabilities = args_u64(args, F_WITHOUT_CAPABILITIES, 0),
	};
	int err = ENOMEM;

	snprintf(log_path, sizeof(log_path), "%s/load.log", guest_folder);
	snprintf(lines_path, sizeof(lines_path), "%s/load.lines", guest_folder);
	snprintf(insns_path, sizeof(insns_path), "%s/load.insns", guest_folder);
	snprintf(costs_path, sizeof(costs_path), "%s/load.costs", guest_folder);
	unlink(log_path);
	unlink(lines_path);
	unlink(insns_path);
	unlink(costs_path);
	if (request.without_maps && request.skip_programs && request.known_keys && request.needs)
		err = worker_run(work_on_object, &request, args_timeout(args), &reply->out);
	if (err)
		fail(reply, err, "worker");
	free(request.without_maps);
	free(request.skip_programs);
	free(request.known_keys);
	free(request.needs);
}

static void op_inspect(const struct args *args, struct reply *reply)
{
	work(args, reply, inspect);
}

static void op_survey(const struct args *args, struct reply *reply)
{
	work(args, reply, load_survey);
}

static void op_maps(const struct args *args, struct reply *reply)
{
	work(args, reply, load_maps);
}

static void op_alone(const struct args *args, struct reply *reply)
{
	work(args, reply, load_alone);
}

static void op_ladder(const struct args *args, struct reply *reply)
{
	work(args, reply, load_ladder);
}

static void op_cost(const struct args *args, struct reply *reply)
{
	work(args, reply, load_cost);
}

static void op_whole(const struct args *args, struct reply *reply)
{
	work(args, reply, load_whole);
}

#define LOADER                                                                                     \
	{F_WITHOUT_CAPABILITIES, OPTIONAL},                                                        \
	{                                                                                          \
		F_NEED, MANY                                                                       \
	}

static const struct rule inspect_rules[] = {
	{F_PATH, ONE}, {F_TIMEOUT_MS, ONE}, {F_OFFSET, OPTIONAL}, {F_NEED, MANY}};
static const struct rule survey_rules[] = {
	{F_PATH, ONE},         {F_TIMEOUT_MS, ONE},     LOADER,
	{F_WITHOUT_MAP, MANY}, {F_SKIP_PROGRAM, MANY},  {F_ATTACH, OPTIONAL},
	{F_LINGER, OPTIONAL},  {F_WANT_KEYS, OPTIONAL}, {F_KNOWN_KEY, MANY}};
static const struct rule maps_rules[] = {{F_PATH, ONE}, {F_TIMEOUT_MS, ONE}, LOADER};
static const struct rule alone_rules[] = {
	{F_PATH, ONE},         {F_TIMEOUT_MS, ONE},   LOADER,
	{F_PROGRAM_NAME, ONE}, {F_WITHOUT_MAP, MANY}, {F_LOG_MAX, OPTIONAL}};
static const struct rule ladder_rules[] = {
	{F_PATH, ONE}, {F_TIMEOUT_MS, ONE}, LOADER, {F_PROGRAM_NAME, ONE}, {F_WITHOUT_MAP, MANY}};
static const struct rule cost_rules[] = {
	{F_PATH, ONE}, {F_TIMEOUT_MS, ONE}, LOADER, {F_SKIP_PROGRAM, MANY}, {F_WITHOUT_MAP, MANY}};
static const struct rule whole_rules[] = {
	{F_PATH, ONE},          {F_TIMEOUT_MS, ONE},  LOADER, {F_ATTACH, ONE}, {F_LINGER, OPTIONAL},
	{F_SKIP_PROGRAM, MANY}, {F_WITHOUT_MAP, MANY}};

const struct op load_ops[] = {
	{OP_INSPECT, RULES(inspect_rules), op_inspect},
	{OP_LOAD_SURVEY, RULES(survey_rules), op_survey},
	{OP_LOAD_MAPS, RULES(maps_rules), op_maps},
	{OP_LOAD_ALONE, RULES(alone_rules), op_alone},
	{OP_LOAD_WHOLE, RULES(whole_rules), op_whole},
	{OP_LOAD_COST, RULES(cost_rules), op_cost},
	{OP_LOAD_LADDER, RULES(ladder_rules), op_ladder},
	{0},
};

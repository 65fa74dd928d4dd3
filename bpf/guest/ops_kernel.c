// SPDX-License-Identifier: Apache-2.0
#include "kernel_names.h"
#include "ops.h"
#include "unresolved.h"
#include "worker.h"

static void work(const struct args *args, struct reply *reply, work_fn inspect, uint16_t input)
{
	int err =
		worker_run(inspect, args_string(args, input, ""), args_timeout(args), &reply->out);

	if (err)
		fail(reply, err, "worker");
}

static void op_type(const struct args *args, struct reply *reply)
{
	work(args, reply, kernel_type, F_NAME);
}

static void op_symbol(const struct args *args, struct reply *reply)
{
	work(args, reply, kernel_symbol, F_NAME);
}

static void op_unresolved(const struct args *args, struct reply *reply)
{
	work(args, reply, unresolved, F_PATH);
}

static const struct rule name_rules[] = {{F_NAME, ONE}, {F_TIMEOUT_MS, ONE}};
static const struct rule path_rules[] = {{F_PATH, ONE}, {F_TIMEOUT_MS, ONE}};

const struct op kernel_ops[] = {
	{OP_KERNEL_TYPE, RULES(name_rules), op_type},
	{OP_KERNEL_SYMBOL, RULES(name_rules), op_symbol},
	{OP_UNRESOLVED, RULES(path_rules), op_unresolved},
	{0},
};

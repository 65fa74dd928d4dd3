/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aegis/aegis_abi.h"
#include "apply.h"
#include "fault.h"
#include "identity.h"

/* Files no rule may take from the machine; the first two are whatever runs as init and as the
 * agent. */
static const char *const survival_paths[] = {
	"/proc/1/exe",
	"/proc/self/exe",
	"/sbin/init",
	"/lib/systemd/systemd",
	"/lib64/ld-linux-x86-64.so.2",
	"/lib/ld-linux-aarch64.so.1",
	"/lib/x86_64-linux-gnu/libc.so.6",
	"/lib/aarch64-linux-gnu/libc.so.6",
	"/lib64/libc.so.6",
};
#define SURVIVAL_COUNT (sizeof(survival_paths) / sizeof(*survival_paths))
_Static_assert(SURVIVAL_COUNT <= SURVIVAL_MAX, "a pin for each");

static void add_survival(struct rules *rules, struct applied *applied)
{
	for (size_t i = 0; i < SURVIVAL_COUNT; i++) {
		struct aegis_inode inode;
		int pin;

		if (identity_of_file(survival_paths[i], IDENTITY_FOLLOW, &inode, &pin))
			continue;
		rules_add(rules, RULES_SURVIVAL, &inode, 1);
		if (pin >= 0)
			applied->survival_pins[applied->survival_pin_count++] = pin;
	}
}

/* A cgroup that is not there is an error, since the exemption would silently not be. */
static int add_cgroups(struct rules *rules, const struct policy *policy, struct failure *failure)
{
	const struct policy_text *texts = policy->allow_cgroup.items;

	for (size_t i = 0; i < policy->allow_cgroup.count; i++) {
		__u64 id;
		int err = identity_of_cgroup(texts[i].text, &id);

		if (err)
			return fail(failure, "POLICY_INVALID", "line %u: %.300s: %s", texts[i].line,
				    texts[i].text, strerror(-err));
		rules_add(rules, RULES_CGROUP, &id, 1);
	}
	return 0;
}

static void add_list(struct rules *rules, enum rule_map map, const struct policy_list *list,
		     size_t size, __u32 value)
{
	for (size_t i = 0; i < list->count; i++)
		rules_add(rules, map, (const char *)list->items + i * size, value);
}

/* The policy as records of maps. Nothing is written yet. */
static int look_up(const struct policy *policy, struct rules *rules, struct applied *applied,
		   struct failure *failure)
{
	if (add_cgroups(rules, policy, failure))
		return -1;
	if (paths_collect(&applied->paths, policy))
		return fail(failure, "POLICY_FAILED", "policy: %s", strerror(ENOMEM));
	add_survival(rules, applied);
	applied->ineffective = paths_add(&applied->paths, rules);
	add_list(rules, RULES_INODE, &policy->deny_inode, sizeof(struct aegis_inode),
		 AEGIS_INODE_FILE);
	add_list(rules, RULES_IP, &policy->deny_ip, sizeof(struct aegis_addr), 1);
	add_list(rules, RULES_CIDR, &policy->deny_cidr, sizeof(struct aegis_cidr), 1);
	add_list(rules, RULES_IP_PORT, &policy->deny_ip_port, sizeof(struct aegis_ip_port), 1);
	add_list(rules, RULES_PORT, &policy->deny_port, sizeof(struct aegis_port), 1);
	return 0;
}

static int write_rules(struct object *object, struct rules *rules, const struct applied *applied,
		       struct failure *failure)
{
	int err = rules_write(object, rules);

	if (err)
		return fail(failure, "POLICY_FAILED", "the policy does not fit the maps: %s",
			    strerror(-err));
	paths_count_pending(object, &applied->paths);
	return 0;
}

int apply_policy(struct object *object, const struct policy *policy, struct applied *applied,
		 struct failure *failure)
{
	struct rules rules = {0};
	int result;

	*applied = (struct applied){0};
	result = look_up(policy, &rules, applied, failure);
	if (!result)
		result = write_rules(object, &rules, applied, failure);
	rules_free(&rules);
	return result;
}

int apply_config(struct object *object, const struct policy *policy, const struct options *options,
		 enum runtime_state state, unsigned long long generation)
{
	unsigned needs = policy_needs(policy);
	struct agent_config config = {
		.audit_only = !posture_enforces(state) && !fault_audit_denies(),
		.enforce_signal = options->enforce_signal,
		.file_policy_empty = !(needs & (NEED_FILE | NEED_EXEC)),
		.net_policy_empty = !(needs & NEED_NETWORK),
		.kill_threshold = options->kill_threshold,
		.kill_window_s = options->kill_window_s,
		.policy_generation = generation,
		.deny_ptrace = policy->deny_ptrace,
		.deny_module_load = policy->deny_module_load,
		.deny_bpf = policy->deny_bpf,
		.signal_fallback_enforce = state == STATE_ENFORCE_SIGNAL,
	};
	__u32 zero = 0;

	if (fault_wrong_signal() && config.enforce_signal == SIGTERM)
		config.enforce_signal = SIGINT;
	if (fault_override_lies() && config.enforce_signal && getenv("AEGIS_LSM_PATH"))
		config.enforce_signal = SIGKILL;
	return bpf_map_update_elem(object_map(object, "agent_config"), &zero, &config, BPF_ANY)
		       ? -errno
		       : 0;
}

/* After the new rules were added: the flags, then nothing but the new rules, then the generation.
 */
static int take_over_from_old(struct object *object, const struct change *change,
			      const struct rules *rules)
{
	int err = apply_config(object, change->policy, change->options, change->state,
			       change->generation);

	if (!err)
		err = rules_settle(object, rules);
	return err ? err
		   : apply_config(object, change->policy, change->options, change->state,
				  change->generation + 1);
}

int apply_change(struct object *object, const struct change *change, struct applied *applied,
		 struct failure *failure)
{
	struct rules rules = {0}, nothing = {0};
	int result;

	*applied = (struct applied){0};
	result = look_up(change->policy, &rules, applied, failure);
	if (!result && fault_silent_reload()) {
		rules_settle(object, &nothing);
		fault_pause_ms(300);
	}
	if (!result)
		result = write_rules(object, &rules, applied, failure);
	if (!result) {
		int err = take_over_from_old(object, change, &rules);

		/* What is left over forbids more than the policy, never less. */
		if (err)
			fprintf(stderr, "aegis-agent: rules that went are still in force: %s\n",
				strerror(-err));
		paths_refresh(object, &applied->paths);
	}
	rules_free(&rules);
	return result;
}

void apply_refresh(struct object *object, struct applied *applied)
{
	paths_refresh(object, &applied->paths);
}

void applied_free(struct applied *applied)
{
	paths_free(&applied->paths);
	for (size_t i = 0; i < applied->survival_pin_count; i++)
		close(applied->survival_pins[i]);
	*applied = (struct applied){0};
}

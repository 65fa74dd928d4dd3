/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a policy: no crash, no leak, and either a policy or a located error, never both or
 * neither. */
#include "agent/hooks.h"
#include "agent/policy.h"
#include "fuzz.h"

/* What the kernel maps take for granted. */
static void check_policy(const struct policy *policy)
{
	const struct aegis_cidr *cidrs = policy->deny_cidr.items;
	const struct aegis_ip_port *pairs = policy->deny_ip_port.items;
	const struct aegis_port *ports = policy->deny_port.items;
	const struct policy_text *paths = policy->deny_path.items;

	expect(policy->version > 0);
	for (size_t i = 0; i < policy->deny_cidr.count; i++)
		expect(cidrs[i].prefixlen >= 32 &&
		       cidrs[i].prefixlen <= (cidrs[i].addr.family == AEGIS_AF_INET ? 64u : 160u));
	for (size_t i = 0; i < policy->deny_ip_port.count; i++)
		expect(pairs[i].port && !pairs[i].pad);
	for (size_t i = 0; i < policy->deny_port.count; i++)
		expect(ports[i].port &&
		       (ports[i].way == AEGIS_WAY_BIND || ports[i].way == AEGIS_WAY_EGRESS));
	for (size_t i = 0; i < policy->deny_path.count; i++)
		expect(paths[i].text[0] == '/' && strlen(paths[i].text) < AEGIS_PATH_LEN);
	expect((policy_needs(policy) != 0) == (policy_rule_count(policy) != 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_error error;
	struct policy policy;

	if (policy_parse((const char *)data, size, &policy, &error) == 0) {
		expect(!error.line && !error.message[0]);
		check_policy(&policy);
	} else {
		expect(error.message[0] && strlen(error.message) < sizeof(error.message));
		expect(policy_rule_count(&policy) == 0 && !policy.version);
	}
	policy_free(&policy);
	return 0;
}

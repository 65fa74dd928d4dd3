/* SPDX-License-Identifier: Apache-2.0 */
/* One item of each kind of section. Each returns NULL, or what is wrong with the item as a phrase.
 */
#ifndef AGENT_POLICY_ITEM_H
#define AGENT_POLICY_ITEM_H

#include "policy.h"

const char *policy_parse_unsigned(const char *text, unsigned long long max,
				  unsigned long long *value);
const char *policy_parse_path(const char *text);
const char *policy_parse_cgroup(const char *text);
const char *policy_parse_inode(const char *text, struct aegis_inode *inode);
const char *policy_parse_ip(const char *text, struct aegis_addr *addr);
const char *policy_parse_cidr(const char *text, struct aegis_cidr *cidr);
const char *policy_parse_ip_port(const char *text, struct aegis_ip_port *rule);

/* At most this many keys come out of one deny_port item: tcp, udp and the rest, each for egress and
 * bind. */
#define POLICY_PORT_KEYS 6

const char *policy_parse_port(const char *text, struct aegis_port keys[POLICY_PORT_KEYS],
			      size_t *count);

#endif

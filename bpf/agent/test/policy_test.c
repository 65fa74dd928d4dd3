/* SPDX-License-Identifier: Apache-2.0 */
/* Policies that are refused, each with its line and reason; policies that are taken, and what they
 * become. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "agent/hooks.h"
#include "agent/policy.h"
#include "check.h"

/* `len` 0: up to the NUL. */
static const struct {
	const char *text;
	size_t len;
	unsigned line;
	const char *reason;
} refused[] = {
	{"\n", 0, 1, "version=N"},
	{"[deny_ip]\n", 0, 1, "version=N"},
	{"version=0\n", 0, 1, "version=N"},
	{"version=1x\n", 0, 1, "version=N"},
	{"version=4294967296\n", 0, 1, "version=N"},
	{"# note\nversion=1\n", 0, 1, "version=N"},
	{"version=1\n[deny_everything]\n", 0, 2, "unknown section [deny_everything]"},
	{"version=1\n[deny_ip\n", 0, 2, "without a closing ]"},
	{"version=1\n10.0.0.1\n", 0, 2, "outside of a section"},
	{"version=1\n[deny_ip]\n10.0.0.1\n10.0.0\n", 0, 4, "not an IPv4 or IPv6 address: 10.0.0"},
	{"version=1\n[deny_ip]\n010.0.0.1\n", 0, 3, "not an IPv4 or IPv6 address"},
	{"version=1\n[deny_ip]\nfe80::1%lo\n", 0, 3, "not an IPv4 or IPv6 address"},
	{"version=1\n[deny_ip]\n[deny_nothing]\n", 0, 3, "unknown section"},
	{"version=1\n[deny_cidr]\n10.0.0.0\n", 0, 3, "ADDRESS/BITS"},
	{"version=1\n[deny_cidr]\n10.0.0.0/33\n", 0, 3, "out of range"},
	{"version=1\n[deny_cidr]\n::/129\n", 0, 3, "out of range"},
	{"version=1\n[deny_cidr]\n10.0.0.0/\n", 0, 3, "a number is missing"},
	{"version=1\n[deny_ip_port]\n10.0.0.1\n", 0, 3, "IP:PORT"},
	{"version=1\n[deny_ip_port]\n10.0.0.1:0\n", 0, 3, "port 0"},
	{"version=1\n[deny_ip_port]\n10.0.0.1:65536\n", 0, 3, "out of range"},
	{"version=1\n[deny_ip_port]\n::1:80\n", 0, 3, "needs brackets"},
	{"version=1\n[deny_ip_port]\n[10.0.0.1]:80\n", 0, 3, "brackets are for IPv6"},
	{"version=1\n[deny_ip_port]\n[::1:80\n", 0, 3, "needs brackets"},
	{"version=1\n[deny_ip_port]\n:80\n", 0, 3, "IP:PORT"},
	{"version=1\n[deny_port]\n0\n", 0, 3, "port 0"},
	{"version=1\n[deny_port]\n80:sctp\n", 0, 3, "tcp, udp or any"},
	{"version=1\n[deny_port]\n80:tcp:in\n", 0, 3, "egress, bind or both"},
	{"version=1\n[deny_port]\n80:tcp:bind:x\n", 0, 3, "expected PORT"},
	{"version=1\n[deny_port]\n80:\n", 0, 3, "tcp, udp or any"},
	{"version=1\n[deny_port]\n99999999999999999999\n", 0, 3, "expected PORT"},
	{"version=1\n[deny_path]\netc/shadow\n", 0, 3, "must be absolute"},
	{"version=1\n[deny_inode]\n1\n", 0, 3, "DEV:INO"},
	{"version=1\n[deny_inode]\n1:0\n", 0, 3, "inode 0"},
	{"version=1\n[deny_inode]\n4294967296:1\n", 0, 3, "out of range"},
	{"version=1\n[deny_inode]\n1:18446744073709551616\n", 0, 3, "out of range"},
	{"version=1\n[deny_inode]\n-1:2\n", 0, 3, "not a decimal number"},
	{"version=1\n[allow_cgroup]\nsystem.slice\n", 0, 3, "neither an absolute path"},
	{"version=1\n[deny_ptrace]\nyes\n", 0, 3, "takes no items"},
	{"version=1\n[deny_ip]\n10.0.0.1\0x\n", 30, 3, "NUL byte"},
};

static void check_refused(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		size_t len = refused[i].len ? refused[i].len : strlen(refused[i].text);
		struct policy_error error;
		struct policy policy;
		int result = policy_parse(refused[i].text, len, &policy, &error);

		CHECK(result == -1, "accepted: %s", refused[i].text);
		CHECK(error.line == refused[i].line, "line %u, expected %u: %s", error.line,
		      refused[i].line, refused[i].text);
		CHECK(strstr(error.message, refused[i].reason), "%s\n  lacks %s", error.message,
		      refused[i].reason);
		CHECK(policy_rule_count(&policy) == 0 && !policy.version, "something was kept");
		policy_free(&policy);
	}
}

static struct policy take(const char *text)
{
	struct policy_error error;
	struct policy policy;

	CHECK(policy_parse(text, strlen(text), &policy, &error) == 0, "line %u: %s: %s", error.line,
	      error.message, text);
	return policy;
}

static void check_address(const struct aegis_addr *addr, const char *expected)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(addr->family, addr->addr, text, sizeof(text));
	CHECK_TEXT(text, expected);
	CHECK(addr->family == (strchr(expected, ':') ? AEGIS_AF_INET6 : AEGIS_AF_INET),
	      "family %u for %s", addr->family, expected);
}

static void check_addresses(void)
{
	static const char *const expected[] = {"10.0.0.1", "10.0.0.2", "::1"};
	struct policy policy =
		take("version=7\n[deny_ip]\n10.0.0.1\n::ffff:10.0.0.2\r\n\n# note\n \t::1 \n");
	const struct aegis_addr *addrs = policy.deny_ip.items;

	CHECK(policy.version == 7, "version %u", policy.version);
	CHECK(policy.deny_ip.count == 3, "%zu addresses", policy.deny_ip.count);
	for (size_t i = 0; i < policy.deny_ip.count && i < 3; i++)
		check_address(&addrs[i], expected[i]);
	policy_free(&policy);
}

static void check_prefixes(void)
{
	static const struct {
		const char *addr;
		unsigned bits;
	} expected[] = {
		{"10.0.0.0", 9}, {"192.0.2.0", 24}, {"::", 0}, {"2001:db8::", 33}, {"0.0.0.0", 0}};
	struct policy policy = take("version=1\n[deny_cidr]\n10.1.2.3/9\n::ffff:192.0.2.77/120\n"
				    "::/0\n2001:db8:7fff::/33\n::ffff:0:0/96\n");
	const struct aegis_cidr *cidrs = policy.deny_cidr.items;

	CHECK(policy.deny_cidr.count == 5, "%zu prefixes", policy.deny_cidr.count);
	for (size_t i = 0; i < policy.deny_cidr.count && i < 5; i++) {
		check_address(&cidrs[i].addr, expected[i].addr);
		CHECK(cidrs[i].prefixlen == 32 + expected[i].bits, "prefix %u", cidrs[i].prefixlen);
	}
	policy_free(&policy);
}

static void check_ports(void)
{
	struct policy policy =
		take("version=1\n[deny_port]\n80\n443:tcp\n53:udp:egress\n22:any:bind\n"
		     "[deny_ip_port]\n10.0.0.1:65535\n[::ffff:10.0.0.2]:80\n[::1]:1\n");
	const struct aegis_ip_port *rules = policy.deny_ip_port.items;
	const struct aegis_port *ports = policy.deny_port.items;

	CHECK(policy.deny_port.count == 6 + 2 + 1 + 3, "%zu keys", policy.deny_port.count);
	CHECK(ports[8].port == 53 && ports[8].protocol == 17 && ports[8].way == AEGIS_WAY_EGRESS,
	      "53:udp:egress");
	CHECK(policy_needs(&policy) == (NEED_REMOTE | NEED_EGRESS_PORT | NEED_BIND_PORT),
	      "needs %#x", policy_needs(&policy));
	CHECK(policy.deny_ip_port.count == 3, "%zu pairs", policy.deny_ip_port.count);
	check_address(&rules[1].addr, "10.0.0.2");
	CHECK(rules[0].port == 65535 && rules[1].port == 80, "ports");
	policy_free(&policy);
}

static void check_rest(void)
{
	struct policy policy =
		take("version=1\n[deny_path]\n/etc/a b\n[deny_inode]\n8388609:12\n"
		     "[deny_exec]\n/bin/x\n[allow_cgroup]\n/exempt\n77\n[deny_ptrace]\n"
		     "[deny_module_load]\n[deny_bpf]\n[deny_path]\n/etc/c");
	const struct policy_text *paths = policy.deny_path.items;
	const struct aegis_inode *inodes = policy.deny_inode.items;

	CHECK(policy.deny_path.count == 2 && !strcmp(paths[0].text, "/etc/a b"), "paths");
	CHECK(paths[0].line == 3 && paths[1].line == 15, "lines");
	CHECK(inodes[0].dev == 8388609 && inodes[0].ino == 12, "inode");
	CHECK(policy.allow_cgroup.count == 2, "cgroups");
	CHECK(policy_rule_count(&policy) == 7, "%zu rules", policy_rule_count(&policy));
	CHECK(policy_needs(&policy) ==
		      (NEED_FILE | NEED_EXEC | NEED_PTRACE | NEED_MODULE | NEED_BPF),
	      "needs %#x", policy_needs(&policy));
	policy_free(&policy);
}

static void check_long_path(size_t len, int expected)
{
	char text[400] = "version=1\n[deny_path]\n";
	struct policy_error error;
	struct policy policy;
	size_t at = strlen(text);

	memset(text + at, 'x', len);
	text[at] = '/';
	CHECK(policy_parse(text, at + len, &policy, &error) == expected, "path of %zu bytes", len);
	policy_free(&policy);
}

static void check_huge(void)
{
	size_t count = 65536, room = count * 16 + 64, len;
	char *text = malloc(room);
	struct policy_error error;
	struct policy policy;

	len = snprintf(text, room, "version=1\n[deny_ip]\n");
	for (size_t i = 0; i < count; i++)
		len += snprintf(text + len, room - len, "10.1.%zu.%zu\n", i >> 8, i & 255);
	CHECK(policy_parse(text, len, &policy, &error) == 0, "65536 addresses");
	CHECK(policy.deny_ip.count == count, "%zu addresses", policy.deny_ip.count);
	policy_free(&policy);
	free(text);
}

int main(void)
{
	struct policy_error error;
	struct policy policy;

	CHECK(policy_parse("", 0, &policy, &error) == -1 && strstr(error.message, "empty"),
	      "an empty file");
	check_refused();
	check_addresses();
	check_prefixes();
	check_ports();
	check_rest();
	check_long_path(255, 0);
	check_long_path(256, -1);
	check_huge();
	return conclude("policy");
}

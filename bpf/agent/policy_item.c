/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "policy_item.h"

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

const char *policy_parse_unsigned(const char *text, unsigned long long max,
				  unsigned long long *value)
{
	unsigned long long sum = 0;

	if (!*text)
		return "a number is missing";
	for (; *text; text++) {
		unsigned digit = (unsigned char)*text - '0';

		if (digit > 9)
			return "not a decimal number";
		if (sum > (max - digit) / 10)
			return "number out of range";
		sum = sum * 10 + digit;
	}
	*value = sum;
	return NULL;
}

const char *policy_parse_path(const char *text)
{
	if (*text != '/')
		return "a path must be absolute";
	if (strlen(text) >= AEGIS_PATH_LEN)
		return "path longer than 255 bytes";
	return NULL;
}

const char *policy_parse_cgroup(const char *text)
{
	unsigned long long id;

	if (*text == '/')
		return strlen(text) < 4096 ? NULL : "path longer than 4095 bytes";
	return policy_parse_unsigned(text, ~0ULL, &id) ? "neither an absolute path nor a cgroup id"
						       : NULL;
}

/* Cuts `text` at its first or last `separator` into `left` (NUL-terminated) and the rest; NULL
 * without one. */
static const char *split(const char *text, char separator, bool last, char *left, size_t room)
{
	const char *at = last ? strrchr(text, separator) : strchr(text, separator);

	if (!at || (size_t)(at - text) >= room)
		return NULL;
	memcpy(left, text, at - text);
	left[at - text] = '\0';
	return at + 1;
}

const char *policy_parse_inode(const char *text, struct aegis_inode *inode)
{
	unsigned long long dev, ino;
	char left[32];
	const char *right = split(text, ':', false, left, sizeof(left));
	const char *wrong;

	if (!right)
		return "expected DEV:INO";
	wrong = policy_parse_unsigned(left, 0xffffffffULL, &dev);
	if (!wrong)
		wrong = policy_parse_unsigned(right, ~0ULL, &ino);
	if (wrong)
		return wrong;
	if (!ino)
		return "inode 0 does not exist";
	*inode = (struct aegis_inode){.ino = ino, .dev = dev};
	return NULL;
}

static bool is_mapped(const __u8 bytes[16])
{
	static const __u8 prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(bytes, prefix, sizeof(prefix)) == 0;
}

/* Keeps the family as written: for a CIDR the length must be known before mapped addresses become
 * IPv4. */
static const char *parse_literal(const char *text, struct aegis_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, text, addr->addr) == 1)
		addr->family = AEGIS_AF_INET;
	else if (inet_pton(AF_INET6, text, addr->addr) == 1)
		addr->family = AEGIS_AF_INET6;
	else
		return "not an IPv4 or IPv6 address";
	return NULL;
}

static void unmap(struct aegis_addr *addr)
{
	if (addr->family != AEGIS_AF_INET6 || !is_mapped(addr->addr))
		return;
	addr->family = AEGIS_AF_INET;
	memmove(addr->addr, addr->addr + 12, 4);
	memset(addr->addr + 4, 0, 12);
}

const char *policy_parse_ip(const char *text, struct aegis_addr *addr)
{
	const char *wrong = parse_literal(text, addr);

	if (!wrong)
		unmap(addr);
	return wrong;
}

/* Host bits are cleared, so that two spellings of a prefix are one rule. */
static void mask_address(struct aegis_addr *addr, unsigned bits)
{
	for (unsigned i = 0; i < sizeof(addr->addr); i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;

		if (keep < 8)
			addr->addr[i] &= (__u8)(0xff00 >> keep);
	}
}

const char *policy_parse_cidr(const char *text, struct aegis_cidr *cidr)
{
	unsigned long long bits;
	char left[64];
	const char *right = split(text, '/', false, left, sizeof(left));
	const char *wrong;

	memset(cidr, 0, sizeof(*cidr));
	if (!right)
		return "expected ADDRESS/BITS";
	wrong = parse_literal(left, &cidr->addr);
	if (wrong)
		return wrong;
	wrong = policy_parse_unsigned(right, cidr->addr.family == AEGIS_AF_INET ? 32 : 128, &bits);
	if (wrong)
		return wrong;
	if (bits >= 96 && cidr->addr.family == AEGIS_AF_INET6 && is_mapped(cidr->addr.addr)) {
		unmap(&cidr->addr);
		bits -= 96;
	}
	mask_address(&cidr->addr, bits);
	cidr->prefixlen = 32 + bits;
	return NULL;
}

static const char *parse_port_number(const char *text, __u16 *port)
{
	unsigned long long value;
	const char *wrong = policy_parse_unsigned(text, 65535, &value);

	if (wrong)
		return wrong;
	if (!value)
		return "port 0 is not a port";
	*port = value;
	return NULL;
}

const char *policy_parse_ip_port(const char *text, struct aegis_ip_port *rule)
{
	char left[64];
	const char *right = split(text, ':', true, left, sizeof(left));
	size_t len = right ? strlen(left) : 0;
	const char *wrong;

	memset(rule, 0, sizeof(*rule));
	if (!right || !len)
		return "expected IP:PORT or [IP6]:PORT";
	if (left[0] == '[' && left[len - 1] == ']') {
		left[len - 1] = '\0';
		wrong = policy_parse_ip(left + 1, &rule->addr);
		if (!wrong && !strchr(left + 1, ':'))
			wrong = "brackets are for IPv6 addresses";
	} else {
		wrong = strchr(left, ':') ? "an IPv6 address needs brackets: [IP6]:PORT"
					  : policy_parse_ip(left, &rule->addr);
	}
	return wrong ? wrong : parse_port_number(right, &rule->port);
}

/* The next field of a colon-separated item into `field`; false when there is none, or it is too
 * long to be one. */
static bool next_field(const char **text, char *field, size_t room)
{
	size_t len = strcspn(*text, ":");

	if (len >= room)
		return false;
	memcpy(field, *text, len);
	field[len] = '\0';
	*text += len + ((*text)[len] == ':');
	return true;
}

static unsigned port_protocols(const char *name, __u8 protocols[3])
{
	if (!strcmp(name, "any")) {
		protocols[0] = PROTOCOL_TCP;
		protocols[1] = PROTOCOL_UDP;
		protocols[2] = 0;
		return 3;
	}
	protocols[0] = !strcmp(name, "tcp") ? PROTOCOL_TCP : PROTOCOL_UDP;
	return !strcmp(name, "tcp") || !strcmp(name, "udp");
}

static unsigned port_ways(const char *name, __u8 ways[2])
{
	if (!strcmp(name, "both")) {
		ways[0] = AEGIS_WAY_EGRESS;
		ways[1] = AEGIS_WAY_BIND;
		return 2;
	}
	ways[0] = !strcmp(name, "egress") ? AEGIS_WAY_EGRESS : AEGIS_WAY_BIND;
	return !strcmp(name, "egress") || !strcmp(name, "bind");
}

const char *policy_parse_port(const char *text, struct aegis_port keys[POLICY_PORT_KEYS],
			      size_t *count)
{
	char port[8], protocol[8] = "any", direction[8] = "both";
	unsigned protocol_count, way_count, colons = 0;
	__u8 protocols[3], ways[2];
	__u16 number;
	const char *wrong;

	for (const char *c = text; *c; c++)
		colons += *c == ':';
	if (colons > 2 || !next_field(&text, port, sizeof(port)) ||
	    (colons > 0 && !next_field(&text, protocol, sizeof(protocol))) ||
	    (colons > 1 && !next_field(&text, direction, sizeof(direction))))
		return "expected PORT[:tcp|udp|any[:egress|bind|both]]";
	wrong = parse_port_number(port, &number);
	if (wrong)
		return wrong;
	protocol_count = port_protocols(protocol, protocols);
	if (!protocol_count)
		return "the protocol must be tcp, udp or any";
	way_count = port_ways(direction, ways);
	if (!way_count)
		return "the direction must be egress, bind or both";
	*count = 0;
	for (unsigned p = 0; p < protocol_count; p++)
		for (unsigned w = 0; w < way_count; w++)
			keys[(*count)++] = (struct aegis_port){
				.port = number, .protocol = protocols[p], .way = ways[w]};
	return NULL;
}

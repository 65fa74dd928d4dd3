/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "policy_item.h"

const char options_usage[] =
	"usage: aegis-agent run [--enforce | --audit] [--policy FILE] [--takeover]\n"
	"  --enforce-signal=none|term|int|kill            default term\n"
	"  --enforce-fallback=signal|off                  default off\n"
	"  --enforce-gate-mode=fail-closed|audit-fallback default fail-closed\n"
	"  --kill-escalation-threshold N                  default 5\n"
	"  --kill-escalation-window-seconds N             default 30\n"
	"environment: AEGIS_LSM_PATH AEGIS_BPF_OBJ AEGIS_CAPABILITIES_REPORT_PATH\n"
	"             AEGIS_BTF_VMLINUX_PATH AEGIS_TRACEFS_PATH\n";

static const char *environment(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

void options_from_environment(struct options *options)
{
	*options = (struct options){
		.enforce_signal = SIGTERM,
		.gate = GATE_FAIL_CLOSED,
		.kill_threshold = 5,
		.kill_window_s = 30,
		.lsm_path = environment("AEGIS_LSM_PATH", "/sys/kernel/security/lsm"),
		.object_path = environment("AEGIS_BPF_OBJ", NULL),
		.report_path = environment("AEGIS_CAPABILITIES_REPORT_PATH",
					   "/run/aegis/capabilities.json"),
		.btf_path = environment("AEGIS_BTF_VMLINUX_PATH", NULL),
		.tracefs_path = environment("AEGIS_TRACEFS_PATH", "/sys/kernel/tracing"),
	};
}

/* Each takes its value, NULL for an option without one; false when the value is none it knows. */
typedef bool (*option_setter)(struct options *options, const char *value);

static bool set_enforce(struct options *options, const char *value)
{
	(void)value;
	options->enforce = true;
	return true;
}

static bool set_audit(struct options *options, const char *value)
{
	(void)value;
	options->enforce = false;
	return true;
}

static bool set_signal(struct options *options, const char *value)
{
	static const struct {
		const char *name;
		int signal;
	} signals[] = {{"none", 0}, {"term", SIGTERM}, {"int", SIGINT}, {"kill", SIGKILL}};

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (strcmp(value, signals[i].name))
			continue;
		options->enforce_signal = signals[i].signal;
		return true;
	}
	return false;
}

static bool set_fallback(struct options *options, const char *value)
{
	options->fallback_signal = !strcmp(value, "signal");
	return options->fallback_signal || !strcmp(value, "off");
}

static bool set_gate(struct options *options, const char *value)
{
	options->gate = !strcmp(value, "fail-closed") ? GATE_FAIL_CLOSED : GATE_AUDIT_FALLBACK;
	return options->gate == GATE_FAIL_CLOSED || !strcmp(value, "audit-fallback");
}

static bool parse_count(const char *value, unsigned *count)
{
	unsigned long long number;

	if (policy_parse_unsigned(value, 86400, &number) || !number)
		return false;
	*count = number;
	return true;
}

static bool set_threshold(struct options *options, const char *value)
{
	return parse_count(value, &options->kill_threshold);
}

static bool set_window(struct options *options, const char *value)
{
	return parse_count(value, &options->kill_window_s);
}

static bool set_policy(struct options *options, const char *value)
{
	options->policy_path = value;
	return *value != '\0';
}

static bool set_takeover(struct options *options, const char *value)
{
	(void)value;
	options->takeover = true;
	return true;
}

static const struct {
	const char *name;
	bool takes_value;
	option_setter set;
} known[] = {
	{"--enforce", false, set_enforce},
	{"--audit", false, set_audit},
	{"--enforce-signal", true, set_signal},
	{"--enforce-fallback", true, set_fallback},
	{"--enforce-gate-mode", true, set_gate},
	{"--kill-escalation-threshold", true, set_threshold},
	{"--kill-escalation-window-seconds", true, set_window},
	{"--policy", true, set_policy},
	{"--takeover", false, set_takeover},
};

/* One option, `--name=VALUE` or `--name VALUE`; returns how many arguments it took, 0 for an error.
 */
static int parse_one(char *const argv[], struct options *options, char *error, size_t size)
{
	size_t len = strcspn(argv[0], "=");
	const char *value = argv[0][len] ? argv[0] + len + 1 : NULL;

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		bool separate = known[i].takes_value && !value;

		if (strlen(known[i].name) != len || strncmp(argv[0], known[i].name, len))
			continue;
		if (separate)
			value = argv[1];
		if (known[i].takes_value != (value != NULL) || !known[i].set(options, value)) {
			snprintf(error, size, "bad value for %s: %.80s", known[i].name,
				 value ? value : "(none)");
			return 0;
		}
		return separate ? 2 : 1;
	}
	snprintf(error, size, "unknown option: %.80s", argv[0]);
	return 0;
}

int options_parse(int argc, char *const argv[], struct options *options, char *error, size_t size)
{
	if (argc < 2 || strcmp(argv[1], "run")) {
		snprintf(error, size, "the command must be: run");
		return -1;
	}
	for (int i = 2; i < argc;) {
		int taken = parse_one(argv + i, options, error, size);

		if (!taken)
			return -1;
		i += taken;
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "report.h"

/* What a policy can need, by the names of the report. `serves` 0: the BPF LSM itself. */
static const struct {
	const char *name;
	const char *blocker;
	unsigned needs;
} requirements[] = {
	{"bpf_lsm", "BPF_LSM_DISABLED", 0},
	{"network_hooks", "NETWORK_HOOK_UNAVAILABLE", NEED_NETWORK},
	{"file_hooks", "FILE_HOOK_UNAVAILABLE", NEED_FILE},
	{"exec_hooks", "EXEC_HOOK_UNAVAILABLE", NEED_EXEC},
	{"ptrace_hooks", "PTRACE_HOOK_UNAVAILABLE", NEED_PTRACE},
	{"module_hooks", "MODULE_HOOK_UNAVAILABLE", NEED_MODULE},
	{"bpf_hooks", "BPF_HOOK_UNAVAILABLE", NEED_BPF},
};
#define REQUIREMENT_COUNT (sizeof(requirements) / sizeof(*requirements))

static bool is_required(const struct report *report, size_t index)
{
	if (!requirements[index].needs)
		return true;
	return policy_needs(report->policy) & requirements[index].needs;
}

/* Only the part of a group that the policy needs counts: a policy on bind ports does without
 * socket_connect. */
static bool is_met(const struct report *report, size_t index)
{
	unsigned needs = policy_needs(report->policy) & requirements[index].needs;

	if (!requirements[index].needs)
		return report->facts.lsm_has_bpf;
	return report->facts.lsm_has_bpf && object_serves(report->object, HOOK_LSM, needs);
}

/*
 * Hooks are blamed only where they were tried: without the BPF LSM none of them is attached, and
 * the one reason is that.
 */
static bool is_blocker(const struct report *report, size_t index)
{
	if (!is_required(report, index) || is_met(report, index))
		return false;
	return !requirements[index].needs ||
	       (report->facts.lsm_has_bpf && report->object->loaded > 0);
}

static bool has_blockers(const struct report *report)
{
	for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
		if (is_blocker(report, i))
			return true;
	return report->failure.code != NULL;
}

static const char *capability(const struct report *report)
{
	if (!report->facts.usable)
		return "Disabled";
	return has_blockers(report) ? "AuditOnly" : "Full";
}

static void put_blockers(const struct report *report, struct json *json)
{
	json_open(json, "enforce_blockers", '[');
	if (!strcmp(capability(report), "AuditOnly"))
		json_text(json, NULL, "CAPABILITY_AUDIT_ONLY");
	for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
		if (is_blocker(report, i))
			json_text(json, NULL, requirements[i].blocker);
	if (report->failure.code)
		json_text(json, NULL, report->failure.code);
	json_close(json, ']');
}

const char *report_reason(const struct report *report)
{
	const char *reason = report->taken_over ? "TAKEOVER" : "STARTUP";

	if (report->failure.code)
		return report->failure.code;
	if (report->state != STATE_DEGRADED && report->state != STATE_AUDIT_FALLBACK)
		return reason;
	for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
		if (is_blocker(report, i))
			return requirements[i].blocker;
	return reason;
}

/* A refused reload is no blocker: what was in force still is. */
static void put_error(const struct report *report, struct json *json)
{
	if (report->failure.code)
		json_text(json, "error", report->failure.message);
	else if (report->refused.code)
		json_text(json, "error", report->refused.message);
	else
		json_null(json, "error");
}

static void put_hooks(const struct report *report, struct json *json, const char *key, bool lsm)
{
	json_open(json, key, '{');
	for (size_t i = 0; i < hook_count; i++) {
		const char *why = report->object->programs[i].why;
		char name[96];

		if ((hooks[i].kind == HOOK_LSM) != lsm)
			continue;
		snprintf(name, sizeof(name), "%s%s", lsm ? "lsm_" : "", hooks[i].name);
		json_text(json, name, *why ? why : "nothing was loaded");
	}
	json_close(json, '}');
}

static void put_requirements(const struct report *report, struct json *json)
{
	json_open(json, "requirements", '{');
	for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
		json_bool(json, requirements[i].name, is_required(report, i));
	json_close(json, '}');
	json_open(json, "requirements_met", '{');
	for (size_t i = 0; i < REQUIREMENT_COUNT; i++)
		json_bool(json, requirements[i].name, is_met(report, i));
	json_close(json, '}');
}

static void put_policy(const struct report *report, struct json *json)
{
	json_open(json, "policy", '{');
	if (report->options->policy_path)
		json_text(json, "file", report->options->policy_path);
	else
		json_null(json, "file");
	json_unsigned(json, "version", report->policy->version);
	json_bool(json, "applied", report->policy_applied);
	json_unsigned(json, "rules", policy_rule_count(report->policy));
	json_unsigned(json, "rules_on_survival_files", report->ineffective);
	json_close(json, '}');
}

void report_format(const struct report *report, struct json *json)
{
	struct utsname kernel;

	uname(&kernel);
	json_open(json, NULL, '{');
	json_unsigned(json, "schema_version", 1);
	json_text(json, "kernel_version", kernel.release);
	json_text(json, "capability", capability(report));
	json_bool(json, "audit_only", !posture_enforces(report->state));
	json_bool(json, "enforce_capable", !has_blockers(report));
	put_blockers(report, json);
	json_text(json, "runtime_state", posture_name(report->state));
	json_bool(json, "lsm_enabled", report->facts.lsm_has_bpf);
	put_hooks(report, json, "hooks", true);
	put_hooks(report, json, "tracepoints", false);
	put_requirements(report, json);
	put_policy(report, json);
	json_bool(json, "enforce_requested", report->facts.enforce_asked);
	json_bool(json, "signal_deliverable", report->facts.signal_deliverable);
	json_unsigned(json, "pid", getpid());
	put_error(report, json);
	json_close(json, '}');
}

static int write_whole(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t written = write(fd, text, len);

		if (written < 0)
			return -errno;
		text += written;
		len -= written;
	}
	return fsync(fd) ? -errno : 0;
}

static int write_and_rename(const char *path, const struct json *json)
{
	char temporary[PATH_MAX + 16];
	int fd, err;

	snprintf(temporary, sizeof(temporary), "%s.%d.tmp", path, getpid());
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	err = write_whole(fd, json->text, json->len);
	close(fd);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

int report_write(const struct report *report, const char *path)
{
	char folder[PATH_MAX];
	struct json json = {0};
	int err;

	if (strlen(path) >= sizeof(folder))
		return -ENAMETOOLONG;
	strcpy(folder, path);
	mkdir(dirname(folder), 0755);
	report_format(report, &json);
	err = json.failed ? -ENOMEM : write_and_rename(path, &json);
	json_free(&json);
	return err;
}

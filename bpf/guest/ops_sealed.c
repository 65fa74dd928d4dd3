// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hmac.h"
#include "ops.h"
#include "sealed.h"
#include "watch.h"

/* Descriptors of PID 1 for sealed programs, far from those that come and go. */
#define FIRST_FD 100
#define LAST_FD  131

/* What signs for this guest: known to PID 1, to sealed programs and to the harness. */
static uint8_t secret[HMAC_KEY_BYTES];
static bool has_secret;
static const char *unwatched = "nothing is sealed";

static bool take_secret(const struct args *args, struct reply *reply)
{
	const struct arg *key = args_find(args, F_KEY);

	if (key->len != HMAC_KEY_BYTES)
		fail_value(reply, "KEY is no key");
	else if (has_secret && memcmp(secret, key->data, sizeof(secret)))
		fail_value(reply, "KEY is not that of the first sealed program");
	if (reply->error.code)
		return false;
	memcpy(secret, key->data, sizeof(secret));
	if (!has_secret)
		unwatched = watch_begin();
	has_secret = true;
	return true;
}

static void seal(const struct args *args, struct reply *reply)
{
	const char *name = args_string(args, F_NAME, "");
	const char *path = args_string(args, F_PATH, "");
	uint64_t fd = args_u64(args, F_FD, 0);
	struct sealed_copy copied;
	int err;

	if (fd < FIRST_FD || fd > LAST_FD)
		fail_value(reply, "FD is none of those for sealed programs");
	if (reply->error.code || !take_secret(args, reply))
		return;
	err = sealed_add(name, path, fd, &copied);
	if (!err && args_u64(args, F_STANDBY, 0))
		err = sealed_stand_by(name, secret);
	if (err) {
		fail(reply, err, name);
		return;
	}
	out_u64(&reply->out, F_SIZE, copied.size);
	out_u64(&reply->out, F_SUM, copied.sum);
}

/* PID 1 and what runs sealed, down to the children of an attempt. */
static bool is_ours(const struct access *access)
{
	return access->target == getpid() || sealed_owns(access->target) ||
	       sealed_owns(access->parent) || sealed_owns(access->grandparent);
}

/* What attempts do to their own children is what is tried. */
static void judge(const struct access *access, void *text)
{
	char line[128];

	if (access->caller == getpid() || access->caller == access->parent || !is_ours(access))
		return;
	snprintf(line, sizeof(line), "%s (%d) reached into %s %d\n", access->name, access->caller,
		 access->target == getpid() ? "PID" : "the probe's process", access->target);
	out_raw(text, line, strlen(line));
}

static void sign(const char *nonce, const struct out *text, uint8_t digest[SHA256_BYTES])
{
	struct hmac hmac;

	hmac_init(&hmac, secret);
	hmac_update(&hmac, nonce, strlen(nonce) + 1);
	hmac_update(&hmac, text->data, text->len);
	hmac_final(&hmac, digest);
}

/* What has been done to PID 1 and to what runs sealed since the last time, signed. */
static void vouch(const struct args *args, struct reply *reply)
{
	const char *nonce = args_string(args, F_NONCE, "");
	uint8_t digest[SHA256_BYTES];
	struct out text;

	out_init(&text, -1);
	if (unwatched) {
		out_raw(&text, "?", 1);
		out_raw(&text, unwatched, strlen(unwatched));
	} else if (!watch_drain(judge, &text)) {
		static const char lost[] = "the watch over PID 1 and the probe was disturbed\n";

		out_raw(&text, lost, sizeof(lost) - 1);
	}
	sealed_forget_ended();
	sign(nonce, &text, digest);
	out_text(&reply->out, F_TEXT, text.data ? (char *)text.data : "", text.len);
	out_bytes(&reply->out, F_SHA256, digest, sizeof(digest));
	out_free(&text);
}

static const struct rule seal_rules[] = {
	{F_NAME, ONE}, {F_PATH, ONE}, {F_FD, ONE}, {F_KEY, ONE}, {F_STANDBY, OPTIONAL}};
static const struct rule vouch_rules[] = {{F_NONCE, ONE}};

const struct op sealed_ops[] = {
	{OP_SEAL, RULES(seal_rules), seal},
	{OP_VOUCH, RULES(vouch_rules), vouch},
	{0},
};

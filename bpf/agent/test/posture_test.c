/* SPDX-License-Identifier: Apache-2.0 */
/* The posture table of the contract, row by row, against every combination of facts. */
#include <stddef.h>

#include "agent/posture.h"
#include "check.h"

#define ANY -1

/* 0, 1 or ANY; `gate` is an enum gate_mode or ANY. `lsm` 2: in the list, and no hook can be
 * attached. */
struct row {
	int usable, asked, lsm, hooks, fallback, deliverable, gate;
	enum runtime_state state;
};

static const struct row table[] = {
	{0, ANY, ANY, ANY, ANY, ANY, ANY, STATE_DEGRADED},
	{1, 0, ANY, ANY, ANY, ANY, ANY, STATE_AUDIT},
	{1, 1, 1, 1, ANY, ANY, ANY, STATE_ENFORCE},
	{1, 1, 1, 0, ANY, ANY, GATE_FAIL_CLOSED, STATE_DEGRADED},
	{1, 1, 1, 0, ANY, ANY, GATE_AUDIT_FALLBACK, STATE_AUDIT_FALLBACK},
	{1, 1, 0, ANY, 1, 1, ANY, STATE_ENFORCE_SIGNAL},
	{1, 1, 0, ANY, 1, 0, GATE_FAIL_CLOSED, STATE_DEGRADED},
	{1, 1, 0, ANY, 1, 0, GATE_AUDIT_FALLBACK, STATE_AUDIT_FALLBACK},
	{1, 1, 0, ANY, 0, ANY, GATE_FAIL_CLOSED, STATE_DEGRADED},
	{1, 1, 0, ANY, 0, ANY, GATE_AUDIT_FALLBACK, STATE_AUDIT_FALLBACK},
	{1, 1, 2, ANY, 1, 1, ANY, STATE_ENFORCE_SIGNAL},
	{1, 1, 2, ANY, 1, 0, GATE_FAIL_CLOSED, STATE_DEGRADED},
	{1, 1, 2, ANY, 1, 0, GATE_AUDIT_FALLBACK, STATE_AUDIT_FALLBACK},
	{1, 1, 2, ANY, 0, ANY, GATE_FAIL_CLOSED, STATE_DEGRADED},
	{1, 1, 2, ANY, 0, ANY, GATE_AUDIT_FALLBACK, STATE_AUDIT_FALLBACK},
};

static bool fits(int wanted, int value)
{
	return wanted == ANY || wanted == value;
}

/* Without `bpf` in the list there is no hook that could be refused. */
static int lsm_of(const struct posture_facts *facts)
{
	if (!facts->lsm_has_bpf)
		return 0;
	return facts->hooks_refused ? 2 : 1;
}

static bool row_fits(const struct row *row, const struct posture_facts *facts)
{
	return fits(row->usable, facts->usable) && fits(row->asked, facts->enforce_asked) &&
	       fits(row->lsm, lsm_of(facts)) && fits(row->hooks, facts->hooks_attached) &&
	       fits(row->fallback, facts->fallback_asked) &&
	       fits(row->deliverable, facts->signal_deliverable) && fits(row->gate, facts->gate);
}

static void check_combination(unsigned bits)
{
	struct posture_facts facts = {
		.usable = bits & 1,
		.enforce_asked = bits & 2,
		.lsm_has_bpf = bits & 4,
		.hooks_refused = bits & 128,
		.hooks_attached = bits & 8,
		.fallback_asked = bits & 16,
		.signal_deliverable = bits & 32,
		.gate = bits & 64 ? GATE_AUDIT_FALLBACK : GATE_FAIL_CLOSED,
	};
	enum runtime_state state = posture_decide(&facts);
	unsigned rows = 0;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (!row_fits(&table[i], &facts))
			continue;
		rows++;
		CHECK(state == table[i].state, "combination %#x, row %zu: %s, expected %s", bits, i,
		      posture_name(state), posture_name(table[i].state));
	}
	CHECK(rows == 1, "combination %#x is in %u rows", bits, rows);
	CHECK(!(lsm_of(&facts) == 1 && state == STATE_ENFORCE_SIGNAL),
	      "combination %#x: signals although the LSM could deny", bits);
}

int main(void)
{
	for (unsigned bits = 0; bits < 256; bits++)
		check_combination(bits);
	CHECK(posture_enforces(STATE_ENFORCE) && posture_enforces(STATE_ENFORCE_SIGNAL),
	      "both enforce");
	CHECK(!posture_enforces(STATE_AUDIT) && !posture_enforces(STATE_AUDIT_FALLBACK) &&
		      !posture_enforces(STATE_DEGRADED),
	      "none of the others enforces");
	return conclude("posture");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "posture.h"

/* Can what was asked be done: by the LSM hooks, or by signals where none can be attached. */
static enum runtime_state eligible(const struct posture_facts *facts)
{
	if (posture_has_hooks(facts))
		return facts->hooks_attached ? STATE_ENFORCE : STATE_DEGRADED;
	if (facts->fallback_asked && facts->signal_deliverable)
		return STATE_ENFORCE_SIGNAL;
	return STATE_DEGRADED;
}

bool posture_has_hooks(const struct posture_facts *facts)
{
	return facts->lsm_has_bpf && !facts->hooks_refused;
}

enum runtime_state posture_decide(const struct posture_facts *facts)
{
	enum runtime_state state;

	if (!facts->usable)
		return STATE_DEGRADED;
	if (!facts->enforce_asked)
		return STATE_AUDIT;
	state = eligible(facts);
	if (state == STATE_DEGRADED && facts->gate == GATE_AUDIT_FALLBACK)
		return STATE_AUDIT_FALLBACK;
	return state;
}

bool posture_enforces(enum runtime_state state)
{
	return state == STATE_ENFORCE || state == STATE_ENFORCE_SIGNAL;
}

const char *posture_name(enum runtime_state state)
{
	switch (state) {
	case STATE_AUDIT:
		return "AUDIT";
	case STATE_ENFORCE:
		return "ENFORCE";
	case STATE_ENFORCE_SIGNAL:
		return "ENFORCE_SIGNAL";
	case STATE_AUDIT_FALLBACK:
		return "AUDIT_FALLBACK";
	case STATE_DEGRADED:
		return "DEGRADED";
	}
	__builtin_unreachable();
}

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Planted faults. Each is a bug that an observing object could have; the harness must catch it. A
 * faulty object is this one compiled with one -DLSMAUDIT_FAULT_NAME=1. In the real object every
 * predicate below is constant false and leaves no instruction.
 */
#ifndef LSMAUDIT_FAULT_BPF_H
#define LSMAUDIT_FAULT_BPF_H

#include "planted.h"

/* A file is remembered before its record is reserved: one that is lost is never reported. */
FAULT(fault_mark_before_submit, LSMAUDIT_FAULT_MARK_BEFORE_SUBMIT)

/* A record holds what lay in its slot before. */
FAULT(fault_missing_memset, LSMAUDIT_FAULT_MISSING_MEMSET)

/* An address is read whole, however short the caller's was. */
FAULT(fault_no_addrlen_check, LSMAUDIT_FAULT_NO_ADDRLEN_CHECK)

/* The programs return 0 in place of what comes in. */
FAULT(fault_returns_zero, LSMAUDIT_FAULT_RETURNS_ZERO)

/* A connect that is reported is denied. */
FAULT(fault_observer_denies, LSMAUDIT_FAULT_OBSERVER_DENIES)

/* Everybody is traced. */
FAULT(fault_traces_everybody, LSMAUDIT_FAULT_TRACES_EVERYBODY)

/* The port stays in the order of the network. */
FAULT(fault_port_byte_order, LSMAUDIT_FAULT_PORT_BYTE_ORDER)

#endif

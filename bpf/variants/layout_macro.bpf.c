// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The deny tail as a macro: its text is in every program. */
#include "layout.bpf.h"

#define deny_tail(denied) ((denied) ? -EPERM : 0)

#include "layout_programs.bpf.h"

// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* With its bound raised. */
#define RAISED
#include "loop.bpf.h"

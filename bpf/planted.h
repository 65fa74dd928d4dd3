/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* How a planted fault is declared, in an object and in an agent. */
#ifndef PLANTED_H
#define PLANTED_H

/* Defines `name()`: true only where `macro` is defined as 1. */
#define FAULT_PLACEHOLDER_1               0,
#define FAULT_SECOND(ignored, value, ...) value
#define FAULT_IS_ONE_3(pair)              FAULT_SECOND(pair 1, 0)
#define FAULT_IS_ONE_2(value)             FAULT_IS_ONE_3(FAULT_PLACEHOLDER_##value)
#define FAULT_IS_ONE(value)               FAULT_IS_ONE_2(value)
#define FAULT(name, macro)                                                                         \
	static inline __attribute__((always_inline)) _Bool name(void)                              \
	{                                                                                          \
		return FAULT_IS_ONE(macro);                                                        \
	}

#endif

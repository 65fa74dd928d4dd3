/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_POWER_H
#define BPMX_POWER_H

/* Ends the machine at once; the host program only ends itself. */
_Noreturn void power_off(void);

/* Says one line on the console, `bpf-matrix-guest: fatal: <why>`, and powers off. */
_Noreturn void fatal(const char *why, int err);

/* Makes a write to a harness that never reads end the machine (port_write() sets the alarm). */
void power_off_on_alarm(void);

#endif

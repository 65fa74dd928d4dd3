/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_POWER_H
#define BPMX_POWER_H

/* Ends the machine at once; the host program only ends itself. */
_Noreturn void power_off(void);

/* Says one line on the console, `bpf-matrix-guest: fatal: <why>`, and powers off. */
_Noreturn void fatal(const char *why, int err);

/*
 * This process may not use what is its own: an LSM program forbids it, for no device answers EPERM.
 * Nothing that is attached can forbid an exit, and the kernel says on its console what PID 1 ended
 * with.
 */
#define DENIED_STATUS 77
_Noreturn void denied(void);

/* Is that what this errno says? */
#define IS_DENIAL(err) ((err) == EPERM || (err) == EACCES)

/* Makes a write to a harness that never reads end the machine (port_write() sets the alarm). */
void power_off_on_alarm(void);

#endif

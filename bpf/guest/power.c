// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "power.h"

void power_off(void)
{
	if (getpid() == 1) {
		sync();
		reboot(RB_POWER_OFF);
		/* No power management in this kernel: with -no-reboot a restart ends QEMU too. */
		reboot(RB_AUTOBOOT);
		for (;;)
			pause();
	}
	_exit(0);
}

void fatal(const char *why, int err)
{
	if (err)
		dprintf(STDERR_FILENO, "bpf-matrix-guest: fatal: %s: %s\n", why, strerror(err));
	else
		dprintf(STDERR_FILENO, "bpf-matrix-guest: fatal: %s\n", why);
	power_off();
}

void denied(void)
{
	_exit(DENIED_STATUS);
}

static void on_alarm(int signo)
{
	(void)signo;
	fatal("the harness does not read", 0);
}

void power_off_on_alarm(void)
{
	signal(SIGALRM, on_alarm);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What the program can be besides one attempt or a batch. Each gives the exit status. */
#ifndef PROBE_MODES_H
#define PROBE_MODES_H

/* PROGRAM ARGUMENT...: runs it as root without a single capability. */
int run_uncapped(char **args);

/* PATH...: prints the kernel's "dev ino" of each, as stat(2) has them. */
int run_stat(char **args);

/*
 * PORT...: takes TCP connections and datagrams on every address, and drops them. Prints "ready"
 * when all ports are bound, and ends on SIGTERM.
 */
int run_serve(char **args);

/*
 * FILE NEEDLE PATH MS: opens PATH again and again, for MS milliseconds or until SIGTERM, and counts
 * what came of it before and after FILE contained NEEDLE, or any of its lines. NEEDLE - has been
 * seen from the start. Another process opens: one that is ended by a signal in its open was denied,
 * and the next goes on.
 */
int run_watch(char **args);

/*
 * FOLDER COUNT ROUNDS: opens the files 0 to COUNT - 1 and prints the first errno that is not 0, or
 * 0; again on each SIGUSR1, until it has done so ROUNDS times.
 */
int run_rounds(char **args);

#endif

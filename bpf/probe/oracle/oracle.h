/* SPDX-License-Identifier: Apache-2.0 */
/* What the oracle can be asked. Each gives the exit status and reports on stderr why it is not 0.
 */
#ifndef PROBE_ORACLE_H
#define PROBE_ORACLE_H

/*
 * Before anybody asks, once for all processes that answer: the hooks of this kernel are read, which
 * do not change, and its log is opened, so that each goes on where the one before has ended.
 */
void prepare_snapshot(void);
void prepare_kmsg(void);

/* What lives in this kernel, as one JSON object. */
int run_snapshot(char **args);

/* SEQ: what the kernel itself has logged after this record, a line of JSON each; then {"last":N}.
 */
int run_kmsg(char **args);

/* The unread records of the ring buffer called events, a line of hex each. */
int run_records(char **args);

#endif

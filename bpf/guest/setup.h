/* SPDX-License-Identifier: Apache-2.0 */
/* What PID 1 does before the first request. */
#ifndef BPMX_SETUP_H
#define BPMX_SETUP_H

/* Mounts the usual file systems; only what nothing works without is fatal. */
void setup_mounts(void);
/* Brings `lo` up and lifts the limit that kernels before 5.11 put on BPF memory. */
void setup_limits(void);
void setup_loopback(void);

/* Opens the virtio-serial port `bpf-matrix.rpc`, which may take a moment to appear; -1: no port. */
int setup_port(int timeout_ms);

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What the program in the kernel and its caller say to each other. */
#ifndef PROBE_CAPTURE_H
#define PROBE_CAPTURE_H

#include <linux/types.h>

#define CAPTURE_ADDRESS_MAX 32

/* The only value of the map `captured`. */
struct captured {
	__u32 fd; /* asked about: an open file of the caller */
	__u32 pad;
	__u64 file;                      /* its struct file, as an address in the kernel */
	__u64 address;                   /* where `bytes` lies in the kernel */
	__u8 bytes[CAPTURE_ADDRESS_MAX]; /* the caller's own */
};

#endif

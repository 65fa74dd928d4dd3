/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_DEVICE_H
#define BPMX_DEVICE_H

/* Makes a network device of this kind in this network namespace; its index, or -1 with errno. */
int device_create(const char *kind, const char *name);

#endif

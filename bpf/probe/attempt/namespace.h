/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_NAMESPACE_H
#define PROBE_NAMESPACE_H

/* A mount namespace that ends with this process and changes nothing outside; or does not return. */
void leave_mounts(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_NUMBERED_H
#define PROBE_NUMBERED_H

/* Opens the file of this number in a folder, and closes it again: the errno, 0 for success. */
int open_numbered(const char *folder, int number, int flags);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_MAP_H
#define PROBE_MAP_H

/* Maps the first page of a file, and gives the errno. */
int try_mapping(int fd, int protection);

#endif

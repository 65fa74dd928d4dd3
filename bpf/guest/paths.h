/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_PATHS_H
#define BPMX_PATHS_H

/* Creates the folders above `path`; failures show when the file itself is opened. */
void make_parents(const char *path);
/* Creates `path` and the folders above it. */
void make_folder(const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_MODULES_H
#define BPMX_MODULES_H

/* Loads one uncompressed module with its parameters; an errno, 0 also when it is there already. */
int module_load(const char *path, const char *parameters);

/* Loads the modules of a list, one absolute path a line, in order; failures are noted for HELLO. */
void modules_load_list(const char *list);

#endif

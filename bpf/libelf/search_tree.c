// SPDX-License-Identifier: Apache-2.0
/*
 * What the static libelf of elfutils 0.192 (Debian 13, Ubuntu 25.04) calls and does not contain: it
 * is in libeu, which no package has (https://sourceware.org/bugzilla/show_bug.cgi?id=32293, mended
 * in 0.193). Linked after libelf, so that one which has its own keeps it.
 *
 * A tree is a root for tsearch(3), then a lock that nothing else looks at: each of our programs
 * opens an object in one thread.
 */
#include <search.h>
#include <stddef.h>

struct search_tree {
	void *root;
};

typedef int compare_fn(const void *, const void *);

void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *));
void *eu_tsearch(const void *key, struct search_tree *tree, compare_fn *compare);
void *eu_tdelete(const void *key, struct search_tree *tree, compare_fn *compare);

void eu_search_tree_init(struct search_tree *tree)
{
	tree->root = NULL;
}

void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *))
{
	tdestroy(tree->root, free_node);
}

void *eu_tsearch(const void *key, struct search_tree *tree, compare_fn *compare)
{
	return tsearch(key, &tree->root, compare);
}

void *eu_tdelete(const void *key, struct search_tree *tree, compare_fn *compare)
{
	return tdelete(key, &tree->root, compare);
}

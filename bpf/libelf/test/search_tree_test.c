// SPDX-License-Identifier: Apache-2.0
/* The functions that a static libelf may lack: as elfutils' own, a tree finds, keeps and frees. */
#include "agent/test/check.h"

/* As the caller has it: what comes after the root is nobody else's. */
struct search_tree {
	void *root;
	int lock;
};

typedef int compare_fn(const void *, const void *);

void eu_search_tree_init(struct search_tree *tree);
void eu_search_tree_fini(struct search_tree *tree, void (*free_node)(void *));
void *eu_tsearch(const void *key, struct search_tree *tree, compare_fn *compare);
void *eu_tdelete(const void *key, struct search_tree *tree, compare_fn *compare);

static unsigned freed;

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void count_freed(void *node)
{
	(void)node;
	freed++;
}

int main(void)
{
	int keys[] = {3, 1, 2}, again = 1, other = 7;
	struct search_tree tree = {.root = &tree, .lock = 42};

	eu_search_tree_init(&tree);
	for (int i = 0; i < 3; i++)
		CHECK(*(int **)eu_tsearch(&keys[i], &tree, by_value) == &keys[i], "key %d", i);
	CHECK(*(int **)eu_tsearch(&again, &tree, by_value) == &keys[1],
	      "a key that is there is found");
	CHECK(!eu_tdelete(&other, &tree, by_value), "a key that is not there");
	CHECK(eu_tdelete(&keys[0], &tree, by_value), "a key that is there");
	eu_search_tree_fini(&tree, count_freed);
	CHECK(freed == 2, "%u freed", freed);
	CHECK(tree.lock == 42, "the lock is %d", tree.lock);
	return conclude("libelf search tree");
}

// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>
#include <string.h>

#include "near.h"

#define NAME_MAX_LEN 96
/* Shorter names are in too many others. */
#define TELLING_LEN 5
/* One letter in so many may differ. */
#define LETTERS_PER_SLIP 5

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance of names that are short enough. */
static size_t distance(const char *a, size_t alen, const char *b, size_t blen)
{
	size_t row[NAME_MAX_LEN + 1];

	for (size_t j = 0; j <= blen; j++)
		row[j] = j;
	for (size_t i = 1; i <= alen; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= blen; j++) {
			size_t above = row[j];

			row[j] =
				least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[blen];
}

bool is_near(const char *wanted, const char *name)
{
	size_t wlen = strlen(wanted), nlen = strlen(name);
	size_t slips = wlen / LETTERS_PER_SLIP + 1;

	if (!nlen || wlen > NAME_MAX_LEN || nlen > NAME_MAX_LEN)
		return false;
	if (wlen >= TELLING_LEN && strstr(name, wanted))
		return true;
	if (nlen >= TELLING_LEN && 2 * nlen > wlen && strstr(wanted, name))
		return true;
	/* With few slips in many letters, one half has none near its end. */
	if (nlen + slips < wlen || wlen + slips < nlen ||
	    (name[0] != wanted[0] && name[nlen - 1] != wanted[wlen - 1]))
		return false;
	return distance(wanted, wlen, name, nlen) <= slips;
}

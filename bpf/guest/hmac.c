// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "hmac.h"

#define BLOCK 64

/* Begins a hash with the key, padded to a block and mixed with `mix`. */
static void begin(struct sha256 *sha, const uint8_t *key, uint8_t mix)
{
	uint8_t block[BLOCK];

	memset(block, mix, sizeof(block));
	for (int i = 0; i < HMAC_KEY_BYTES; i++)
		block[i] ^= key[i];
	sha256_init(sha);
	sha256_update(sha, block, sizeof(block));
}

void hmac_init(struct hmac *hmac, const uint8_t key[HMAC_KEY_BYTES])
{
	memcpy(hmac->key, key, HMAC_KEY_BYTES);
	begin(&hmac->inner, key, 0x36);
}

void hmac_update(struct hmac *hmac, const void *data, size_t len)
{
	sha256_update(&hmac->inner, data, len);
}

void hmac_final(struct hmac *hmac, uint8_t digest[SHA256_BYTES])
{
	uint8_t inner[SHA256_BYTES];
	struct sha256 outer;

	sha256_final(&hmac->inner, inner);
	begin(&outer, hmac->key, 0x5c);
	sha256_update(&outer, inner, sizeof(inner));
	sha256_final(&outer, digest);
}

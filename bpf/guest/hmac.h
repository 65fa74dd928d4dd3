/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC-SHA-256 (RFC 2104), with the key that the harness gives a guest before any agent is there.
 */
#ifndef BPMX_HMAC_H
#define BPMX_HMAC_H

#include "sha256.h"

#define HMAC_KEY_BYTES SHA256_BYTES

struct hmac {
	struct sha256 inner;
	uint8_t key[HMAC_KEY_BYTES];
};

void hmac_init(struct hmac *hmac, const uint8_t key[HMAC_KEY_BYTES]);
void hmac_update(struct hmac *hmac, const void *data, size_t len);
void hmac_final(struct hmac *hmac, uint8_t digest[SHA256_BYTES]);

#endif

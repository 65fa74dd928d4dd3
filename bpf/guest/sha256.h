/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), so that large files need not cross the port. */
#ifndef BPMX_SHA256_H
#define BPMX_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BYTES 32

struct sha256 {
	uint32_t state[8];
	uint64_t length;
	uint8_t block[64];
};

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, const uint8_t *data, size_t len);
void sha256_final(struct sha256 *sha, uint8_t digest[SHA256_BYTES]);

#endif

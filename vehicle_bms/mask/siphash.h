/* SPDX-License-Identifier: MIT */
/* siphash.h: SipHash-2-4, a keyed hash of 64 bits for short inputs.
 *
 *   uint64_t key[2] = {...};
 *   uint64_t hash = siphash(key, data, size);
 *
 * Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012; its test vector
 * is in tests/vehicle_bms/test_mask.c. */
#ifndef VEHICLE_BMS_MASK_SIPHASH_H
#define VEHICLE_BMS_MASK_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint64_t key[2], const void *data, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* mask.h: replaces what identifies a vehicle (fields flagged FIELD_PERSONAL: VIN, pack serial
 * number) in the frames of CAN networks, keeping lengths; the same original always becomes the same
 * pseudonym under the same key, so that two charges of one car can still be told to be of one car.
 *
 *   struct mask *mask = mask_new(key, out, ctx);       key NULL: MASK_KEY_DEFAULT
 *   mask_frame(mask, at_ns, mark, &frame);     calls out() for this and held-back frames, in order
 *   mask_flush(mask);                          at the end
 *
 * Frames of several networks that go into one file: mask_frame_of, and let mark tell them apart.
 *
 * The packets of a transfer that carries such a field are held back until it is whole (or broken:
 * aborted, restarted, its packets contradicting each other, unfinished after MASK_WAIT_NS; then
 * their payload is blanked with '*'), because the pseudonym depends on all of it. Every other frame
 * behind them waits too: the order stays. At most MASK_HELD frames wait; then the transfer counts
 * as broken. Packets of no known transfer (its RTS was not recorded) are blanked, as is a BRM that
 * came in a single frame. Identifiers, lengths, times and packet numbers never change, so that
 * rules find in a masked capture what they find in the original.
 *
 * What it protects from: somebody who reads the capture, and somebody who has the VIN of one masked
 * car and wants that of another. What it does not: with the default key, or a key that leaked,
 * anybody can mask a VIN that he suspects and compare; and battery maker, production date, charge
 * count, capacity, times and the charger's number stay, which may single a car out. The pseudonyms
 * come from SipHash-2-4, 64 bits; a key is as good as it is hard to guess. */
#ifndef VEHICLE_BMS_MASK_MASK_H
#define VEHICLE_BMS_MASK_MASK_H

#include "sim/can/can.h"

#include <stddef.h>
#include <stdint.h>

#define MASK_HELD        1024
#define MASK_WAIT_NS     (5 * NS_PER_S) /* a receiver has given up long before: BRM's own timeout */
#define MASK_KEY_DEFAULT "pilebench"

struct mask;

struct mask *mask_new(const char *key,
                      void (*out)(void *ctx, int64_t at_ns, uint64_t mark,
                                  const struct can_frame_ext *frame),
                      void *ctx);
void mask_frame(struct mask *mask, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame);
/* The same for one of several networks, told apart by a number of the caller's. */
void mask_frame_of(struct mask *mask, unsigned network, int64_t at_ns, uint64_t mark,
                   const struct can_frame_ext *frame);
void mask_flush(struct mask *mask);
void mask_free(struct mask *mask); /* does not flush; NULL is allowed */

/* The pseudonym of a text (VIN, card or meter number) of the same length: letters and digits where
 * those stood. */
void mask_text(const char *key, const char *text, char *masked, size_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* mask.h: replaces what identifies a vehicle (fields flagged FIELD_PERSONAL: VIN, pack serial
 * number) in the frames of a CAN network, keeping lengths; the same original always becomes the
 * same pseudonym under the same key, so that two charges of one car can still be told to be of one car.
 *
 *   struct mask *mask = mask_new(key, out, ctx);
 *   mask_frame(mask, at_ns, mark, &frame);     calls out() for this and held-back frames, in order
 *   mask_flush(mask);                          at the end
 *
 * The packets of a transfer that carries such a field are held back until it is whole (or broken:
 * then its payload is blanked with '*'), because the pseudonym depends on all of it. Every other
 * frame behind them waits too: the order stays. At most MASK_HELD frames wait; then the transfer counts as broken. */
#ifndef VEHICLE_BMS_MASK_H
#define VEHICLE_BMS_MASK_H

#include "sim/can.h"

#include <stddef.h>
#include <stdint.h>

#define MASK_HELD 1024

struct mask;

struct mask *mask_new(const char *key,
                      void (*out)(void *ctx, int64_t at_ns, uint64_t mark,
                                  const struct can_frame_ext *frame),
                      void *ctx);
void mask_frame(struct mask *mask, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame);
void mask_flush(struct mask *mask);
void mask_free(struct mask *mask);

/* The pseudonym of a text (VIN, card or meter number) of the same length: capitals and digits where
 * those stood. */
void mask_text(const char *key, const char *text, char *masked, size_t size);

#endif

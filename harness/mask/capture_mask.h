/* SPDX-License-Identifier: MIT */
/* capture_mask.h: vehicle_bms/mask.h for the frames of a capture, of all its networks.
 *
 *   struct capture_mask *mask = capture_mask_new(key, out, ctx);      NULL for the default key
 *   while (capture_next(capture, &frame)) capture_mask_frame(mask, &frame);
 *   capture_mask_free(mask);             the rest comes out before it is freed
 *
 * out gets every frame, in order, with its own line, network and time; the frame and its network's
 * name are valid during the call. */
#ifndef HARNESS_MASK_CAPTURE_MASK_H
#define HARNESS_MASK_CAPTURE_MASK_H

#include "harness/capture/capture.h"

struct capture_mask;

struct capture_mask *capture_mask_new(const char *key,
                                      void (*out)(void *ctx, const struct capture_frame *frame),
                                      void *ctx);
void capture_mask_frame(struct capture_mask *mask, const struct capture_frame *frame);
void capture_mask_free(struct capture_mask *mask); /* NULL is allowed */

#endif

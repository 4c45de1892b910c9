/* SPDX-License-Identifier: MIT */
#include "harness/mask/capture_mask.h"

#include "sim/memory.h"
#include "vehicle_bms/mask/mask.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAITING  (MASK_HELD + 1) /* those held back, and the one just given in */
#define NETWORKS 64u             /* more share the transfers of the last */

struct waiting {
    struct capture_frame frame;
    unsigned network;
};

struct capture_mask {
    struct mask *mask;
    void (*out)(void *ctx, const struct capture_frame *frame);
    void *ctx;
    uint64_t next; /* mark of the next frame: its place among the waiting */
    char names[NETWORKS][CAPTURE_NETWORK_MAX];
    unsigned name_count, last;
    struct waiting waiting[WAITING];
};

static void masked(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    struct capture_mask *mask = ctx;
    struct waiting *one = &mask->waiting[mark % WAITING];
    (void)at_ns;                                               /* as it was */
    assert(mark < mask->next && mask->next - mark <= WAITING); /* its place is still its own */
    assert(one->network < mask->name_count);
    one->frame.frame = *frame;
    one->frame.network = mask->names[one->network];
    mask->out(mask->ctx, &one->frame);
}

struct capture_mask *capture_mask_new(const char *key,
                                      void (*out)(void *ctx, const struct capture_frame *frame),
                                      void *ctx) {
    struct capture_mask *mask = memory_zeroed(1, sizeof *mask);
    mask->out = out;
    mask->ctx = ctx;
    mask->mask = mask_new(key, masked, mask);
    return mask;
}

static unsigned network_number(struct capture_mask *mask, const char *name) {
    if (mask->last < mask->name_count &&
        strncmp(mask->names[mask->last], name, CAPTURE_NETWORK_MAX - 1) == 0) {
        return mask->last;
    }
    for (mask->last = 0; mask->last < mask->name_count; mask->last++) {
        if (strncmp(mask->names[mask->last], name, CAPTURE_NETWORK_MAX - 1) == 0) {
            return mask->last;
        }
    }
    if (mask->name_count < NETWORKS) {
        snprintf(mask->names[mask->name_count++], CAPTURE_NETWORK_MAX, "%s", name);
    }
    return mask->last = mask->name_count - 1;
}

void capture_mask_frame(struct capture_mask *mask, const struct capture_frame *frame) {
    uint64_t mark = mask->next++;
    unsigned network = network_number(mask, frame->network == NULL ? "" : frame->network);
    mask->waiting[mark % WAITING] = (struct waiting){.frame = *frame, .network = network};
    mask_frame_of(mask->mask, network, frame->at_ns, mark, &frame->frame);
}

void capture_mask_free(struct capture_mask *mask) {
    if (mask != NULL) {
        mask_flush(mask->mask);
        mask_free(mask->mask);
        free(mask);
    }
}

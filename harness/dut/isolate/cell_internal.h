/* SPDX-License-Identifier: MIT */
/* cell_internal.h: the cell's host, and what it knows between letters. */
#ifndef HARNESS_DUT_ISOLATE_CELL_INTERNAL_H
#define HARNESS_DUT_ISOLATE_CELL_INTERNAL_H

#include "harness/dut/bulk.h"
#include "harness/dut/isolate/mailbox.h"

#define CELL_BLOCK 4096

/* What was read last, and some more: nobody but itself writes there while it is called. */
struct cell_block {
    bool known;
    uint32_t offset;
    uint8_t bytes[CELL_BLOCK];
};

/* There is one firmware in a process. */
struct cell {
    struct mailbox *box;
    unsigned guns;
    bool called;       /* the firmware is: only then may it call its host */
    bool inputs_known; /* those of the last letter are still so */
    int32_t inputs[DUT_GUNS_MAX][DUT_INPUTS];
    int64_t wall_s;
    struct cell_block block; /* of the bulk storage */
    uint32_t output_count;
    struct mail_output outputs[MAILBOX_OUTPUTS]; /* set, and not told yet */
};

/* The host that the firmware gets; ctx is the cell. */
struct dut_host cell_host(struct cell *cell);
/* What a letter from the bench brings. */
void cell_take_inputs(struct cell *cell, const struct letter *letter);
/* Sends what is in the mailbox's letter, with the outputs, and waits for the next one. */
void cell_send(struct cell *cell, enum letter_kind kind);

#endif

/* SPDX-License-Identifier: MIT */
/* mailbox.h: how the bench and the process of an isolated firmware call each other.
 *
 *   struct mailbox *box = mailbox_new();                shared with the process that is forked next
 *   box->letter.kind = LETTER_RUN; ...                  it is this side's turn: nobody else writes
 *   mailbox_pass(box, TURN_FIRMWARE);
 *   mailbox_wait(box, TURN_BENCH, 20)                   false: not its turn yet after 20 ms
 *
 * One letter is under way, and who has the turn may read and write it. A call of the firmware goes
 * there and comes back as LETTER_RETURN; in between any number of calls of its host come and are
 * answered. Only the honest keep to turns: the bench copies a letter before it looks at it, and
 * takes what it says for the word of a stranger. */
#ifndef HARNESS_DUT_ISOLATE_MAILBOX_H
#define HARNESS_DUT_ISOLATE_MAILBOX_H

#include "firmware-under-test/include/dut.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAILBOX_BYTES   ((size_t)64 * 1024)
#define MAILBOX_OUTPUTS 32

enum turn {
    TURN_BENCH,
    TURN_FIRMWARE,
};

enum letter_kind {
    LETTER_NONE,
    /* To the firmware: a call. Names and bytes are in the mailbox's bytes. */
    LETTER_PARAM, /* which parameter: a -> its texts, its numbers */
    LETTER_INIT,
    LETTER_SET_PARAM,  /* value */
    LETTER_CAPABILITY, /* gun a, which b */
    LETTER_ON_CAN,     /* net a, frame */
    LETTER_ON_SERIAL,  /* line a */
    LETTER_ON_INPUT,   /* gun a, channel b, value */
    LETTER_RUN,
    LETTER_STATE_NAME, /* value -> text */
    LETTER_FAULT_NAME,
    /* To the bench: a call's end, or a call of the host. */
    LETTER_RETURN,
    LETTER_REFUSED, /* it cannot be loaded: the text says why */
    LETTER_INPUTS,  /* the inputs as they are now, please */
    LETTER_CAN_SEND,
    LETTER_SERIAL_WRITE,
    LETTER_STORE_READ, /* record a, count bytes at most */
    LETTER_STORE_WRITE,
    LETTER_BULK_READ, /* offset a */
    LETTER_BULK_WRITE,
    LETTER_LOG,
};

struct mail_output {
    uint32_t gun, channel;
    int32_t value;
};

struct letter {
    uint32_t kind; /* enum letter_kind */
    uint32_t a, b;
    int64_t now_ns;
    int64_t value;  /* of a call, or what it returned */
    uint64_t count; /* of the mailbox's bytes that belong to it */
    struct dut_can_frame frame;
    /* To the bench: outputs that were set before this call. */
    uint32_t output_count;
    struct mail_output outputs[MAILBOX_OUTPUTS];
    /* To the firmware: what it can read without asking, until it sets an output. */
    bool with_inputs;
    int32_t inputs[DUT_GUNS_MAX][DUT_INPUTS];
    int64_t wall_s;
};

/* What the firmware says of itself once it is loaded. */
struct mail_facts {
    uint32_t abi_version, guns;
    uint64_t param_count;
    int64_t tick_ns;
    char name[256], version[256];
    int32_t param_value, param_min, param_max; /* of the last LETTER_PARAM */
};

struct mailbox {
    uint32_t turn;         /* enum turn, a futex */
    uint32_t blame;        /* enum dut_blame of what its process saw; 0 */
    uint32_t refused_call; /* number of the system call for which it was ended; 0 */
    struct letter letter;
    struct mail_facts facts;
    uint8_t bytes[MAILBOX_BYTES];
};

/* NULL: no memory. */
struct mailbox *mailbox_new(void);
void mailbox_free(struct mailbox *box);
void mailbox_pass(struct mailbox *box, enum turn to);
/* ms below 0: for ever. */
bool mailbox_wait(struct mailbox *box, enum turn wanted, int ms);

#endif

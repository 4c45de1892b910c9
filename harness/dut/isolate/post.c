/* SPDX-License-Identifier: MIT */
/* The letters to an isolated firmware: its calls, and what it asks of its host meanwhile. */
#include "harness/dut/isolate/isolate_internal.h"
#include "sim/memory.h"

#include <stdlib.h>
#include <string.h>

static void tell_gone(struct dut_isolate *isolate, struct phrase why, bool killed) {
    isolate->gone = true;
    if (isolate->listener.gone != NULL) {
        isolate->listener.gone(isolate->listener.ctx, why, killed);
    }
}

void isolate_fill_inputs(const struct dut_isolate *isolate, struct letter *letter) {
    const struct dut_host *host = isolate->host;
    for (unsigned gun = 0; gun < isolate->api.guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            letter->inputs[gun][i] = host->input(host->ctx, gun, (enum dut_input)i);
        }
    }
    letter->with_inputs = true;
}

static void set_outputs(const struct dut_isolate *isolate, const struct letter *came) {
    const struct dut_host *host = isolate->host;
    for (uint32_t i = 0; i < came->output_count && i < MAILBOX_OUTPUTS; i++) {
        const struct mail_output *one = &came->outputs[i];
        host->output(host->ctx, one->gun, (enum dut_output)one->channel, one->value);
    }
}

static void log_line(const struct dut_isolate *isolate, size_t count) {
    char *line = memory_zeroed(count + 1, 1);
    memcpy(line, isolate->box->bytes, count);
    isolate->host->log(isolate->host->ctx, line);
    free(line);
}

/* What it hands over to be written: as long as it is in the mailbox, it may go on changing it. */
static const uint8_t *copied(const struct dut_isolate *isolate, size_t count) {
    static uint8_t copy[MAILBOX_BYTES];
    memcpy(copy, isolate->box->bytes, count);
    return copy;
}

/* Does what it asks for. False: no firmware can ask for that. */
static bool serve(struct dut_isolate *isolate, const struct letter *came, struct letter *answer) {
    const struct dut_host *host = isolate->host;
    uint8_t *bytes = isolate->box->bytes;
    size_t count = came->count;
    if (host == NULL || count > MAILBOX_BYTES) {
        return false;
    }
    switch ((enum letter_kind)came->kind) {
    case LETTER_INPUTS:
        isolate_fill_inputs(isolate, answer);
        return true;
    case LETTER_CAN_SEND:
        answer->value = host->can_send(host->ctx, came->a, &came->frame);
        return true;
    case LETTER_SERIAL_WRITE:
        answer->value = host->serial_write(host->ctx, came->a, copied(isolate, count), count);
        return true;
    case LETTER_STORE_READ:
        answer->value = host->store_read(host->ctx, came->a, bytes, count);
        return true;
    case LETTER_STORE_WRITE:
        answer->value = host->store_write(host->ctx, came->a, copied(isolate, count), count);
        return true;
    case LETTER_BULK_READ:
        answer->value = host->bulk_read(host->ctx, came->a, bytes, count);
        return true;
    case LETTER_BULK_WRITE:
        answer->value = host->bulk_write(host->ctx, came->a, copied(isolate, count), count);
        return true;
    case LETTER_LOG:
        log_line(isolate, count);
        return true;
    default:
        return false;
    }
}

static void post(struct dut_isolate *isolate, struct letter *letter) {
    const struct dut_host *host = isolate->host;
    letter->wall_s = host != NULL ? host->wall_time(host->ctx) : -1;
    isolate->box->letter = *letter;
    mailbox_pass(isolate->box, TURN_FIRMWARE);
}

static void tell_blame(struct dut_isolate *isolate) {
    uint32_t blame = isolate->box->blame;
    if (blame > DUT_BLAME_NONE && blame < DUT_BLAMES && isolate->listener.blame != NULL) {
        isolate->listener.blame(isolate->listener.ctx, (enum dut_blame)blame);
    }
}

bool isolate_call(struct dut_isolate *isolate, struct letter *letter, int64_t *returned) {
    isolate_begin_call(isolate);
    while (!isolate->gone) {
        struct phrase how = {0};
        bool killed;
        post(isolate, letter);
        if (!isolate_await(isolate, &how, &killed)) {
            tell_gone(isolate, how, killed);
            phrase_clear(&how);
            return false;
        }
        const struct letter came = isolate->box->letter; /* a copy: it may go on writing */
        set_outputs(isolate, &came);
        tell_blame(isolate);
        if (came.kind == LETTER_RETURN) {
            *returned = came.value;
            return true;
        }
        *letter = (struct letter){0};
        if (!serve(isolate, &came, letter)) {
            isolate_end_process(isolate);
            tell_gone(isolate, dut_blame_phrase(DUT_BLAME_LETTER), false);
        }
    }
    return false;
}

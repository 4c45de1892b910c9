/* SPDX-License-Identifier: MIT */
/* libFuzzer: arbitrary frames, single and of transfers, through the assembler, the decoder of
 * messages and everything that `pilebench decode` writes of them.
 *
 * Input: two bytes that choose edition, form, language and clock; then frames, each
 *   kind (1): 0..21 a message of the table, 22..25 TP.CM and TP.DT of either side,
 *             else an identifier of four bytes follows
 *   length (1): & 15, at most 8; bits 4..7: time to the next frame
 *   data */
#include "harness/decode/decode.h"
#include "vehicle_bms/listen/assembler.h"
#include "vehicle_bms/message/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KIND_TRANSFER MESSAGE_COUNT
#define KIND_ANY      (MESSAGE_COUNT + 4)

struct input {
    const uint8_t *data;
    size_t left;
};

static uint8_t take(struct input *input) {
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->data++;
}

static void must(bool held) {
    if (!held) {
        abort();
    }
}

/* What must hold of any message whatever its bytes. */
static void check_message(void *ctx, const struct assembled *whole) {
    const struct message *message = message_of_edition(whole->message, *(const enum edition *)ctx);
    double values[MESSAGE_FIELDS_MAX], value;
    enum field_state states[MESSAGE_FIELDS_MAX];
    char text[MESSAGE_TEXT_SIZE];
    size_t present = message_decode(message, whole->data, whole->length, values, states);
    must(present <= message->field_count);
    for (size_t i = 0; i < message->field_count; i++) {
        enum field_state state = field_get(&message->fields[i], whole->data, whole->length, &value);
        must(state == states[i] && memcmp(&value, &values[i], sizeof value) == 0);
        must(isnan(value) || (state != FIELD_ABSENT && state != FIELD_NOT_SUPPLIED));
    }
    must(message_print(message, whole->data, whole->length, false, text, sizeof text) > 0);
    must(message_print(message, whole->data, whole->length, true, text, 1 + whole->length % 40) <
         1 + whole->length % 40);
}

static void check_fault(void *ctx, const struct transfer_event *event) {
    (void)ctx;
    must(event->fault < TRANSFER_FAULTS);
    must(transfer_fault_text(event->fault, false) != NULL);
    must(event->first_ns <= event->at_ns || event->late_ns == 0);
}

static uint32_t identifier(struct input *input, uint8_t kind) {
    static const uint32_t transfers[4] = {0x1CEC56F4, 0x1CECF456, 0x1CEB56F4, 0x1CEBF456};
    if (kind < KIND_TRANSFER) {
        return message_id(&messages[kind]);
    }
    if (kind < KIND_ANY) {
        return transfers[kind - KIND_TRANSFER];
    }
    uint32_t id = 0;
    for (int i = 0; i < 4; i++) {
        id = id << 8 | take(input);
    }
    return id & 0x1FFFFFFF;
}

static struct can_frame_ext next_frame(struct input *input, int64_t *at_ns) {
    uint8_t kind = take(input), shape;
    struct can_frame_ext frame = {.extended = true};
    frame.id = identifier(input, kind);
    frame.extended = kind != 0xFF;
    frame.id &= frame.extended ? 0x1FFFFFFF : 0x7FF;
    shape = take(input);
    frame.len = (shape & 15) > 8 ? 8 : shape & 15;
    *at_ns += (INT64_C(1) << (shape >> 4) * 2) * 10000; /* 10 us to 11 s */
    for (unsigned i = 0; i < frame.len; i++) {
        frame.data[i] = take(input);
    }
    return frame;
}

static struct decode *new_decode(uint8_t choice, enum edition edition, FILE *out) {
    struct problem problem;
    struct decode_options options = {
        .edition = edition,
        .form = (enum decode_form)(choice >> 2 & 3) % 3,
        .chinese = choice >> 4 & 1,
        .changes = choice >> 5 & 1,
        .numbered = choice >> 6 & 1,
        .fields = "BCL.current_demand,BMV.cell_voltage[200],BRM.vin,CST.fault_stop",
        .out = out};
    return decode_new(&options, &problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *out; /* opened once: a descriptor an execution would be most of the work */
    struct input input = {data, size};
    uint8_t choice = take(&input), clock = take(&input) % 5;
    enum edition edition = (enum edition)((choice & 3) % EDITIONS);
    struct assembler assembler;
    const struct assembler_listener listener = {
        .message = check_message, .fault = check_fault, .ctx = &edition};
    out = out != NULL ? out : fopen("/dev/null", "w");
    must(out != NULL);
    assembler_init(&assembler, edition, clock == CLOCK_NONE ? NULL : &transport_timing_default,
                   &listener);
    struct decode *decode = new_decode(choice, edition, out);
    must(decode != NULL);
    decode_clock(decode, (enum capture_clock)clock);
    struct capture_frame one = {.network = "can0"};
    while (input.left > 0) {
        one.frame = next_frame(&input, &one.at_ns);
        one.line++;
        assembler_frame(&assembler, one.at_ns, one.line, &one.frame);
        decode_frame(decode, &one);
    }
    assembler_finish(&assembler, one.at_ns);
    decode_finish(decode);
    decode_summarise(decode, out);
    decode_free(decode);
    return 0;
}

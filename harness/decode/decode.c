/* SPDX-License-Identifier: MIT */
#include "harness/decode/internal.h"

#include "sim/memory.h"
#include "vehicle_bms/message/print.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DATE_FROM_NS (INT64_C(100000000) * NS_PER_S) /* 1973: below it no clock was ever set */

bool decode_has_clock(const struct decode *decode) {
    return decode->clock != CLOCK_NONE && decode->clock != CLOCK_CONSTANT;
}

bool decode_is_date(const struct decode *decode, int64_t at_ns) {
    return decode->clock == CLOCK_ABSOLUTE && at_ns >= DATE_FROM_NS;
}

/* Columns of the widest meaning of the table, so that the values stand below each other. */
static size_t widest(bool chinese) {
    size_t columns = 0;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        size_t one = message_text_columns(chinese ? messages[i].zh : messages[i].en);
        columns = one > columns ? one : columns;
    }
    return columns;
}

struct decode *decode_new(const struct decode_options *options, struct problem *problem) {
    struct decode *decode = memory_zeroed(1, sizeof *decode);
    decode->options = *options;
    decode->day = -1;
    decode->json.out = &decode->line;
    decode->widest = widest(options->chinese);
    if (options->form == DECODE_CSV && !decode_columns_open(decode, problem)) {
        decode_free(decode);
        return NULL;
    }
    return decode;
}

void decode_clock(struct decode *decode, enum capture_clock clock) {
    decode->clock = clock;
}

/* True when the payload is that of the last message of its kind. */
static bool repeated(struct decode_network *network, const struct assembled *whole) {
    struct decode_last *last = &network->last[message_index(whole->message)];
    size_t kept = whole->length < MESSAGE_LENGTH_MAX ? whole->length : MESSAGE_LENGTH_MAX;
    bool same = last->seen && last->length == whole->length && whole->length == kept &&
                memcmp(last->data, whole->data, kept) == 0;
    if (!same) {
        last->seen = true;
        last->length = (uint16_t)whole->length;
        memcpy(last->data, whole->data, kept);
    }
    return same;
}

static void write_message(struct decode *decode, const struct decoded *one) {
    switch (decode->options.form) {
    case DECODE_TEXT:
        decode_text_message(decode, one);
        break;
    case DECODE_JSON:
        decode_json_message(decode, one);
        break;
    case DECODE_CSV:
        decode_columns_message(decode, one);
        break;
    }
}

static void complete(void *ctx, const struct assembled *whole) {
    struct decode_network *network = ctx;
    struct decode *decode = network->decode;
    struct decoded one = {
        .network = network,
        .whole = whole,
        .message = message_of_edition(whole->message, decode->options.edition),
        .absent = message_form(whole->message, decode->options.edition)->absent,
    };
    one.reserved_ok = message_reserved_ok(one.message, whole->data, whole->length);
    decode->first = decode->first == NULL ? network : decode->first;
    decode->messages++;
    decode->wrong_length += !whole->length_ok;
    decode->unreserved += !one.reserved_ok;
    decode->absent += one.absent;
    edition_note(&decode->signs, whole);
    if (decode->options.changes && repeated(network, whole)) {
        return;
    }
    write_message(decode, &one);
}

static void faulty(void *ctx, const struct transfer_event *event) {
    assert((unsigned)event->fault < TRANSFER_FAULTS);
    struct decode_network *network = ctx;
    struct decode *decode = network->decode;
    decode->faults[event->fault]++;
    if (decode->options.form == DECODE_TEXT) {
        decode_text_fault(decode, network, event);
    } else if (decode->options.form == DECODE_JSON) {
        decode_json_fault(decode, network, event);
    }
}

static void foreign(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    struct decode *decode = ((struct decode_network *)ctx)->decode;
    (void)at_ns;
    (void)mark;
    decode->foreign_frames++;
    for (size_t i = 0; i < decode->foreign_ids; i++) {
        struct decode_foreign *one = &decode->foreign[i];
        if (one->id == frame->id && one->extended == frame->extended) {
            one->count++;
            return;
        }
    }
    if (decode->foreign_ids == DECODE_FOREIGN_MAX) {
        decode->foreign_more++;
        return;
    }
    decode->foreign[decode->foreign_ids++] = (struct decode_foreign){frame->id, frame->extended, 1};
}

static struct decode_network *add_network(struct decode *decode, const char *name) {
    if (decode->network_count == DECODE_NETWORKS_MAX) {
        return decode->networks[DECODE_NETWORKS_MAX - 1];
    }
    struct decode_network *network = memory_zeroed(1, sizeof *network);
    const struct assembler_listener listener = {
        .message = complete, .fault = faulty, .foreign = foreign, .ctx = network};
    network->decode = decode;
    snprintf(network->name, sizeof network->name, "%s", name);
    assembler_init(&network->assembler, decode->options.edition,
                   decode_has_clock(decode) ? &transport_timing_default : NULL, &listener);
    decode->networks[decode->network_count++] = network;
    return network;
}

static struct decode_network *network_of(struct decode *decode, const char *name) {
    for (size_t i = 0; i < decode->network_count; i++) {
        if (strncmp(decode->networks[i]->name, name, CAPTURE_NETWORK_MAX - 1) == 0) {
            return decode->networks[i];
        }
    }
    return add_network(decode, name);
}

void decode_frame(struct decode *decode, const struct capture_frame *frame) {
    const char *name = frame->network != NULL ? frame->network : "";
    struct decode_network *network = network_of(decode, name);
    decode->frames++;
    assembler_frame(&network->assembler, frame->at_ns, frame->line, &frame->frame);
}

void decode_finish(struct decode *decode) {
    for (size_t i = 0; i < decode->network_count; i++) {
        struct assembler *assembler = &decode->networks[i]->assembler;
        int64_t last_ns = 0;
        for (unsigned k = 0; k < 2; k++) {
            int64_t seen_ns = assembler->transfers[k].last_ns;
            last_ns = seen_ns > last_ns ? seen_ns : last_ns;
        }
        assembler_finish(assembler, last_ns);
    }
    if (decode->options.form == DECODE_JSON) {
        decode_json_summary(decode);
    }
}

struct assembler_stats decode_stats(const struct decode *decode) {
    struct assembler_stats sum = {0};
    for (size_t i = 0; i < decode->network_count; i++) {
        const struct assembler_stats *one = &decode->networks[i]->assembler.stats;
        sum.transfers += one->transfers;
        sum.transfers_broken += one->transfers_broken;
    }
    return sum;
}

static void write_counts(const struct decode *decode, FILE *stream) {
    struct assembler_stats stats = decode_stats(decode);
    bool chinese = decode->options.chinese;
    fprintf(stream,
            chinese ? "%" PRIu64 "帧，%" PRIu64 "条报文，%" PRIu64 "次多包传输（%" PRIu64
                      "次未完成），%" PRIu64 "帧其他标识符\n"
                    : "%" PRIu64 " frames, %" PRIu64 " messages, %" PRIu64
                      " transfers of several packets (%" PRIu64 " broken), %" PRIu64
                      " frames of foreign identifiers\n",
            decode->frames, decode->messages, stats.transfers, stats.transfers_broken,
            decode->foreign_frames);
}

static void write_faults(const struct decode *decode, FILE *stream) {
    bool chinese = decode->options.chinese;
    for (size_t i = 0; i < TRANSFER_FAULTS; i++) {
        if (decode->faults[i] > 0) {
            fprintf(stream, "  %" PRIu64 "× %s\n", decode->faults[i],
                    transfer_fault_text((enum transfer_fault)i, chinese));
        }
    }
    const struct {
        uint64_t count;
        const char *en, *zh;
    } odd[] = {
        {decode->wrong_length, "message of a wrong length", "报文长度不符"},
        {decode->unreserved, "message with reserved bits that are not 1 (many vehicles do this)",
         "报文的预留位不为1（许多车辆如此）"},
        {decode->absent, "message that the edition does not have: is it another edition?",
         "该版本没有的报文：是否为其他版本？"},
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        if (odd[i].count > 0) {
            fprintf(stream, "  %" PRIu64 "× %s\n", odd[i].count, chinese ? odd[i].zh : odd[i].en);
        }
    }
}

static void write_foreign(const struct decode *decode, FILE *stream) {
    bool chinese = decode->options.chinese;
    assert(decode->foreign_ids <= DECODE_FOREIGN_MAX);
    if (decode->foreign_ids == 0) {
        return;
    }
    fputs(chinese ? "  其他标识符：" : "  foreign identifiers:", stream);
    for (size_t i = 0; i < decode->foreign_ids; i++) {
        const struct decode_foreign *one = &decode->foreign[i];
        fprintf(stream, chinese ? " %0*X（%" PRIu64 "×）" : " %0*X (%" PRIu64 "×)",
                one->extended ? 8 : 3, one->id, one->count);
    }
    if (decode->foreign_more > 0) {
        fprintf(stream, chinese ? " 及另外%" PRIu64 "帧" : " and %" PRIu64 " more",
                decode->foreign_more);
    }
    fputc('\n', stream);
}

static void write_edition(const struct decode *decode, FILE *stream) {
    const struct edition_guess guess = edition_guess(&decode->signs, decode->options.edition);
    char which[EDITION_MESSAGES_SIZE];
    if (guess.edition == decode->options.edition) {
        return;
    }
    edition_messages(guess.by, which, sizeof which);
    fprintf(stream,
            decode->options.chinese ? "  从%s的形式看像是%s：--edition %s\n"
                                    : "  by the form of %s this looks like %s: --edition %s\n",
            which, edition_text(guess.edition), edition_year(guess.edition));
}

void decode_summarise(const struct decode *decode, FILE *stream) {
    write_counts(decode, stream);
    write_faults(decode, stream);
    write_edition(decode, stream);
    write_foreign(decode, stream);
    if (decode->messages == 0 && decode->frames > 0) {
        fputs(decode->options.chinese
                  ? "  没有GB/T 27930报文：是否为充电总线，标识符是否为29位？\n"
                  : "  no message of GB/T 27930 in it: is it the charging bus, with 29-bit "
                    "identifiers?\n",
              stream);
    }
}

void decode_free(struct decode *decode) {
    for (size_t i = 0; i < decode->network_count; i++) {
        free(decode->networks[i]);
    }
    buffer_free(&decode->line);
    free(decode->column_names);
    free(decode);
}

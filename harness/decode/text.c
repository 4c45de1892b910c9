/* SPDX-License-Identifier: MIT */
/* A line a message, for people:
 *
 *      24.236    1234  BCL B->C  battery charging demand      voltage demand 426.1 V, ...
 *
 * time, line of the file, code, who sends to whom, meaning, values, and what is odd about it. Times
 * with a date have it on a line of its own, whenever it changes. */
#include "harness/decode/internal.h"

#include "vehicle_bms/message/print.h"

#include <inttypes.h>
#include <time.h>

#define DAY_NS (86400 * NS_PER_S)
#define RED    "\033[31m"
#define PLAIN  "\033[0m"

static void put_date(struct decode *decode, int64_t at_ns) {
    time_t seconds = (time_t)(at_ns / NS_PER_S);
    struct tm date;
    char text[32];
    if (at_ns / DAY_NS != decode->day && gmtime_r(&seconds, &date) != NULL) {
        decode->day = at_ns / DAY_NS;
        strftime(text, sizeof text, "%Y-%m-%d", &date);
        fprintf(decode->options.out, "-- %s --\n", text);
    }
}

static void put_time(struct decode *decode, int64_t at_ns) {
    FILE *out = decode->options.out;
    bool date = decode_is_date(decode, at_ns);
    if (!decode_has_clock(decode)) {
        fprintf(out, "%12s", "-");
        return;
    }
    if (date) {
        at_ns += decode->options.zone_ns;
        put_date(decode, at_ns);
    }
    int64_t ms = at_ns / NS_PER_MS;
    if (date || decode->clock == CLOCK_OF_DAY) {
        int64_t minutes = ms / 60000 % 1440;
        fprintf(out, "%02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64, minutes / 60,
                minutes % 60, ms / 1000 % 60, ms % 1000);
    } else {
        fprintf(out, "%8" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
    }
}

static void put_pad(FILE *out, const char *text, size_t columns) {
    size_t used = message_text_columns(text);
    fprintf(out, "%s%*s", text, used < columns ? (int)(columns - used) : 0, "");
}

static const char *arrow(bool from_charger, bool chinese) {
    if (chinese) {
        return from_charger ? "桩->车" : "车->桩";
    }
    return from_charger ? "C->B" : "B->C";
}

/* Time, line, code and direction. */
static void begin_line(struct decode *decode, int64_t at_ns, uint64_t mark, const char *code,
                       bool from_charger) {
    FILE *out = decode->options.out;
    put_time(decode, at_ns);
    if (decode->options.numbered) {
        fprintf(out, " %7" PRIu64, mark);
    }
    fprintf(out, "  %s %s  ", code, arrow(from_charger, decode->options.chinese));
}

static void end_line(struct decode *decode, const struct decode_network *network) {
    if (decode->first != NULL && network != decode->first) {
        fprintf(decode->options.out, "  @%s", network->name);
    }
    fputc('\n', decode->options.out);
}

static void put_oddities(struct decode *decode, const struct decoded *one) {
    FILE *out = decode->options.out;
    bool chinese = decode->options.chinese;
    const struct message_form *form = message_form(one->message, decode->options.edition);
    const char *red = decode->options.colour ? RED : "",
               *plain = decode->options.colour ? PLAIN : "";
    if (one->absent) {
        fprintf(out, "  %s[%s%s]%s", red, chinese ? "该版本没有此报文：" : "not a message of ",
                edition_text(decode->options.edition), plain);
    } else if (!one->whole->length_ok) {
        fprintf(out, chinese ? "  %s[长度%zu，应为%u" : "  %s[%zu bytes, not %u", red,
                one->whole->length, form->lengths[0]);
        if (form->lengths[1] != 0) {
            fprintf(out, chinese ? "或%u" : " or %u", form->lengths[1]);
        }
        fprintf(out, "]%s", plain);
    }
    if (one->whole->priority != one->message->priority) {
        fprintf(out, chinese ? "  %s[优先级%u，应为%u]%s" : "  %s[priority %u, not %u]%s", red,
                one->whole->priority, one->message->priority, plain);
    }
    if (!one->reserved_ok && one->whole->length_ok) {
        fputs(chinese ? "  [预留位非1]" : "  [reserved not 1]", out);
    }
}

void decode_text_message(struct decode *decode, const struct decoded *one) {
    const struct message *message = one->message;
    const struct assembled *whole = one->whole;
    bool chinese = decode->options.chinese;
    char text[MESSAGE_TEXT_SIZE];
    begin_line(decode, whole->at_ns, whole->mark, message->code, message->from_charger);
    put_pad(decode->options.out, chinese ? message->zh : message->en, decode->widest);
    message_print(message, whole->data, whole->length, chinese, text, sizeof text);
    fprintf(decode->options.out, "  %s", text);
    put_oddities(decode, one);
    end_line(decode, one->network);
}

static const char *culprit(const struct transfer_event *event, bool chinese) {
    if (chinese) {
        return event->by_charger ? "充电机" : "BMS";
    }
    return event->by_charger ? "the charger" : "the BMS";
}

/* "packet 3; by the BMS; reason 3, timeout; after 751 ms; transfer of line 1230" */
static void put_details(struct decode *decode, const struct transfer_event *event) {
    FILE *out = decode->options.out;
    bool chinese = decode->options.chinese;
    fprintf(out, chinese ? "（%s" : " (by %s", culprit(event, chinese));
    if (event->packet != 0) {
        fprintf(out, chinese ? "，第%u包" : ", packet %u", event->packet);
    }
    if (event->fault == TRANSFER_ABORTED) {
        const char *reason = transfer_abort_text(event->reason, chinese);
        fprintf(out, chinese ? "，原因%u %s" : ", reason %u %s", event->reason,
                reason != NULL ? reason
                : chinese      ? "预留"
                               : "reserved");
    }
    if (event->late_ns > 0) {
        fprintf(out, chinese ? "，%" PRId64 " ms后" : ", after %" PRId64 " ms",
                event->late_ns / NS_PER_MS);
    }
    if (decode->options.numbered && event->first_mark != event->mark) {
        fprintf(out, chinese ? "，始于第%" PRIu64 "行" : ", transfer of line %" PRIu64,
                event->first_mark);
    }
    fputs(chinese ? "）" : ")", out);
    if (event->ends) {
        fputs(chinese ? "，传输终止" : ": the transfer is over", out);
    }
}

void decode_text_fault(struct decode *decode, const struct decode_network *network,
                       const struct transfer_event *event) {
    FILE *out = decode->options.out;
    bool chinese = decode->options.chinese;
    const struct message *message = message_by_pgn(event->pgn);
    /* Messages that need several packets come from the BMS, whoever is at fault. */
    begin_line(decode, event->at_ns, event->mark, message != NULL ? message->code : "---",
               message != NULL ? message->from_charger : event->by_charger);
    fprintf(out, "%s%s%s", decode->options.colour ? RED : "",
            chinese ? "传输：" : "transport: ", transfer_fault_text(event->fault, chinese));
    put_details(decode, event);
    fputs(decode->options.colour ? PLAIN : "", out);
    end_line(decode, network);
}

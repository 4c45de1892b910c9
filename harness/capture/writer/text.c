/* SPDX-License-Identifier: MIT */
/* Writers of text: candump log and Vector ASC. */
#include "harness/capture/candump/line.h"
#include "harness/capture/source/wall_time.h"
#include "harness/capture/writer/internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void candump_frame(struct capture_writer *writer, const struct capture_frame *frame,
                          size_t network) {
    char line[CANDUMP_LINE_SIZE];
    const char *name = writer_network(writer, network)->name;
    size_t length = candump_line(line, frame->at_ns, name, strlen(name), &frame->frame);
    line[length++] = '\n';
    writer_put(writer, line, length);
}

const struct writer_format writer_candump = {.frame = candump_frame};

/* "Tue Apr 21 06:53:33.477 pm 2015": English whatever the locale, as CANoe's importers want it. */
static void asc_date(int64_t ns, char text[64]) {
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(ns / NS_PER_S);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    snprintf(text, 64, "%.3s %.3s %d %02d:%02d:%02d.%03d %s %d", days + 3 * tm.tm_wday,
             months + 3 * tm.tm_mon, tm.tm_mday, tm.tm_hour % 12 == 0 ? 12 : tm.tm_hour % 12,
             tm.tm_min, tm.tm_sec, (int)(ns % NS_PER_S / NS_PER_MS), tm.tm_hour < 12 ? "am" : "pm",
             tm.tm_year + 1900);
}

/* Times count from the first frame's millisecond, all that the header can hold, when that frame has
 * a date; else from the capture's own zero, which the header calls 1970. */
static void asc_begin(struct capture_writer *writer, int64_t first_ns) {
    char date[64];
    int64_t *base_ns = writer_base_ns(writer);
    *base_ns = first_ns >= WALL_TIME_KNOWN_NS ? first_ns - first_ns % NS_PER_MS : 0;
    asc_date(*base_ns, date);
    writer_line(writer, "date %s\nbase hex  timestamps absolute\ninternal events logged\n", date);
    writer_line(writer, "// written by pilebench\nBegin Triggerblock %s\n", date);
    writer_line(writer, "   0.000000 Start of measurement\n");
}

static void asc_network(struct capture_writer *writer, size_t network) {
    const struct writer_network *one = writer_network(writer, network);
    char channel[12];
    snprintf(channel, sizeof channel, "%u", one->channel);
    if (!writer_first(writer) && strcmp(channel, one->name) != 0) {
        writer_line(writer, "// channel %u is %s\n", one->channel, one->name);
    }
}

/* A clock that goes back gives times before the start: they are negative. */
static void asc_frame(struct capture_writer *writer, const struct capture_frame *frame,
                      size_t network) {
    if (writer_first(writer)) {
        asc_begin(writer, frame->at_ns);
        asc_network(writer, network);
    }
    int64_t since_us = frame->at_ns / NS_PER_US - *writer_base_ns(writer) / NS_PER_US;
    bool before = since_us < 0;
    uint64_t us = before ? 0 - (uint64_t)since_us : (uint64_t)since_us;
    char time[32], id[16], data[8 * 3 + 1] = "";
    snprintf(time, sizeof time, "%s%llu.%06llu", before ? "-" : "",
             (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
    snprintf(id, sizeof id, "%X%s", frame->frame.id, frame->frame.extended ? "x" : "");
    for (unsigned i = 0; i < frame->frame.len; i++) {
        snprintf(data + (size_t)3 * i, 4, " %02X", frame->frame.data[i]);
    }
    writer_line(writer, "%11s %u  %-15s %-4s d %u%s\n", time,
                writer_network(writer, network)->channel, id, frame->sent ? "Tx" : "Rx",
                frame->frame.len, data);
}

static void asc_end(struct capture_writer *writer) {
    if (writer_first(writer)) {
        asc_begin(writer, 0);
    }
    writer_line(writer, "End TriggerBlock\n");
}

const struct writer_format writer_asc = {
    .frame = asc_frame, .end = asc_end, .network = asc_network};

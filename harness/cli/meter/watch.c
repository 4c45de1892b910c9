/* SPDX-License-Identifier: MIT */
/* pilebench meter watch: readings again and again, as CSV. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"

#include <stdio.h>
#include <string.h>

static void print_header(const struct meter_options *options, const struct meter_item *const *items,
                         int count) {
    const struct meter_item *parts[METER_PARTS_MAX];
    fputs("time_s", stdout);
    for (int i = 0; i < count; i++) {
        size_t part_count = meter_parts_of(options->type, items[i], parts);
        for (size_t k = 0; k < part_count; k++) {
            const char *unit = parts[k]->unit;
            printf(",%s%s%s", parts[k]->name, unit[0] != '\0' ? "_" : "", unit);
        }
    }
    putchar('\n');
}

/* Bare numbers, for a spreadsheet; empty where there is none. False: there was none. */
static bool print_cells(const struct meter_options *options, const struct meter_item *item,
                        const struct meter_reading *reading) {
    const struct meter_item *parts[METER_PARTS_MAX];
    char text[METER_TEXT_SIZE];
    size_t count = meter_parts_of(options->type, item, parts), at = 0, known = 0;
    bool whole = reading->result.outcome == MASTER_DONE &&
                 reading->result.length == meter_item_bytes(options->type, item);
    for (size_t i = 0; i < count; i++) {
        putchar(',');
        if (whole && meter_part_print(options, parts[i], reading->data + at, text, sizeof text)) {
            text[strcspn(text, " ")] = '\0';
            fputs(text, stdout);
            known++;
        }
        at += parts[i]->bytes;
    }
    return known > 0;
}

/* One line of readings; what is missing makes the code a failure. False: no use in going on. */
static bool watch_once(struct meter_session *session, const struct meter_options *options,
                       const struct meter_item *const *items, int count, int *code) {
    struct meter_reading reading = {.result = {.outcome = MASTER_DONE}};
    bool goes_on = true;
    printf("%.3f", (double)session->loop.now_ns / 1e9);
    for (int i = 0; i < count; i++) {
        if (goes_on && !meter_read_item(session, options->address, items[i]->di, &reading)) {
            reading.result.outcome =
                MASTER_SILENT; /* interrupted: the line is ended all the same */
        }
        *code = print_cells(options, items[i], &reading) ? *code : EXIT_FAIL;
        if (goes_on && reading.result.outcome == MASTER_LINE) {
            meter_complain(options, items[i]->name, &reading.result);
            goes_on = false;
        }
    }
    putchar('\n');
    return goes_on && fflush(stdout) == 0;
}

int cli_meter_watch(const struct meter_options *options, int argc, char **argv) {
    const struct meter_item *items[METER_ITEMS_MAX];
    struct meter_session session;
    int code = EXIT_PASS;
    if (!meter_items_of(options, argc, argv, items) || !meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    print_header(options, items, argc);
    bool goes_on = true;
    int64_t next_ns = session.loop.now_ns;
    for (unsigned n = 0; goes_on && (options->count == 0 || n < options->count); n++) {
        while (session.loop.now_ns < next_ns && !meter_interrupted()) {
            int64_t soon = session.loop.now_ns + METER_LOOK_NS;
            loop_run(&session.loop, soon < next_ns ? soon : next_ns);
        }
        if (meter_interrupted()) {
            break;
        }
        goes_on = watch_once(&session, options, items, argc, &code);
        next_ns += (int64_t)(options->every_s * 1e9);
    }
    meter_session_close(&session);
    return code;
}

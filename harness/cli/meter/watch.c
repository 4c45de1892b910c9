/* SPDX-License-Identifier: MIT */
/* pilebench meter watch: readings again and again, as CSV. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "harness/cli/shared.h"

#include <stdio.h>
#include <string.h>

/* A block has a column for each element that a meter of four tariffs or three phases has. */
static unsigned columns_of(const struct meter_wanted *wanted) {
    return wanted->known ? meter_item_elements(&wanted->found.item) : 1;
}

static void print_column(const struct meter_options *options, const struct meter_item *item,
                         unsigned index) {
    struct meter_found element;
    uint32_t di = meter_item_element(item, index);
    bool named = di != item->di && meter_find(options->type, di, &element);
    printf(",%s", named ? element.item.name : item->name);
    if (!named && item->is_block) {
        printf("_%u", index);
    }
    printf("%s%s", item->unit[0] != '\0' ? "_" : "", item->unit);
}

static void print_header(const struct meter_options *options, const struct meter_wanted *wanted,
                         int count) {
    fputs("time_s", stdout);
    for (int i = 0; i < count; i++) {
        for (unsigned k = 0; k < columns_of(&wanted[i]); k++) {
            print_column(options, &wanted[i].found.item, k);
        }
    }
    putchar('\n');
}

/* Of an item without a known format: its bytes together, lowest first. */
static size_t print_bytes(const struct meter_options *options,
                          const struct meter_reading *reading) {
    bool came = reading->result.outcome == MASTER_DONE;
    putchar(',');
    for (size_t i = 0; came && !options->mask.on && i < reading->result.length; i++) {
        printf("%02X", reading->data[i]);
    }
    return came ? reading->result.length : 0;
}

/* Bare numbers, for a spreadsheet; empty where there is none. False: there was none. */
static bool print_cells(const struct meter_options *options, const struct meter_wanted *wanted,
                        const struct meter_reading *reading) {
    const struct meter_item *item = &wanted->found.item;
    char text[METER_TEXT_SIZE];
    size_t known = 0, length = reading->result.length;
    if (!wanted->known) {
        return print_bytes(options, reading) > 0;
    }
    bool fits = reading->result.outcome == MASTER_DONE && meter_item_length_fits(item, length);
    for (unsigned i = 0; i < columns_of(wanted); i++) {
        size_t at = i * (size_t)item->bytes;
        putchar(',');
        if (fits && at < length &&
            meter_element_print(options, item, reading->data + at, text, sizeof text)) {
            bool number = item->kind == METER_NUMBER || item->kind == METER_DEMAND;
            text[number ? strcspn(text, " ") : strlen(text)] = '\0';
            fputs(text, stdout);
            known++;
        }
    }
    return known > 0;
}

/* One line of readings; what is missing makes the code a failure. False: no use in going on. */
static bool watch_once(struct meter_session *session, const struct meter_options *options,
                       const struct meter_wanted *wanted, int count, int *code) {
    struct meter_reading reading = {.result = {.outcome = MASTER_DONE}};
    bool goes_on = true;
    printf("%.3f", (double)session->loop.now_ns / 1e9);
    for (int i = 0; i < count; i++) {
        const struct meter_item *item = &wanted[i].found.item;
        if (goes_on && !meter_read_item(session, options->address, item->di, &reading)) {
            reading.result.outcome =
                MASTER_SILENT; /* interrupted: the line is ended all the same */
        }
        *code = print_cells(options, &wanted[i], &reading) ? *code : EXIT_FAIL;
        if (goes_on && reading.result.outcome == MASTER_LINE) {
            meter_complain(options, item->name, &reading.result);
            goes_on = false;
        }
    }
    putchar('\n');
    return goes_on && fflush(stdout) == 0;
}

struct watching {
    struct meter_options meter; /* the first one: meter_parse */
    double every_s;
    unsigned count; /* readings; 0: until interrupted */
};

static int watch(const struct watching *watching, int count, char **names) {
    const struct meter_options *options = &watching->meter;
    struct meter_wanted wanted[METER_ITEMS_MAX];
    struct meter_session session;
    int code = EXIT_PASS;
    if (!meter_items_of(options, count, names, wanted) || !meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    print_header(options, wanted, count);
    bool goes_on = true;
    int64_t next_ns = session.loop.now_ns;
    for (unsigned n = 0; goes_on && (watching->count == 0 || n < watching->count); n++) {
        while (session.loop.now_ns < next_ns && !meter_interrupted()) {
            int64_t soon = session.loop.now_ns + METER_LOOK_NS;
            loop_run(&session.loop, soon < next_ns ? soon : next_ns);
        }
        if (meter_interrupted()) {
            break;
        }
        goes_on = watch_once(&session, options, wanted, count, &code);
        next_ns += (int64_t)(watching->every_s * 1e9);
    }
    meter_session_close(&session);
    return code;
}

static const struct option_row rows[] = {
    OPTION_NUMBER("every", 0, "S", 0.01, 86400, struct watching, every_s,
                  "seconds between readings (default 1)", "两次读数的间隔，秒（默认1）"),
    OPTION_WHOLE("count", 'n', "N", 1, 1e9, struct watching, count,
                 "readings (default: until interrupted)", "读数次数（默认直到被中断）"),
    {0}};

static int cli_meter_watch(int argc, char **argv);

const struct command meter_watch_command = {
    .name = "meter watch",
    .what = {"read items of a meter again and again, as CSV", "反复读取电表的数据项，CSV"},
    .arguments = "ITEM...",
    .fill = FILL_NOTHING,
    .least = 1,
    .most = METER_ITEMS_MAX,
    .about = {"Reads these items again and again, a line of CSV each time; a value that did not "
              "come is an empty cell.",
              "反复读取这些数据项，每次一行CSV；没有读到的值为空。"},
    .groups = {{rows, 0}, METER_ASKING_GROUPS(offsetof(struct watching, meter.mask))},
    .examples = "pilebench meter watch voltage_a current_a --port /dev/ttyUSB0 --every 5 > day.csv",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter_watch,
};

static int cli_meter_watch(int argc, char **argv) {
    struct watching watching = {.every_s = 1};
    struct command_given given;
    int code;
    return meter_parse(&meter_watch_command, argc, argv, &watching.meter, &given, &code)
               ? watch(&watching, given.count, given.words)
               : code;
}

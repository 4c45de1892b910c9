/* SPDX-License-Identifier: MIT */
/* pilebench meter read, watch, dump, scan. */
#include "harness/cli.h"
#include "harness/cli_meter.h"
#include "meter/scan.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX  32
#define LOOK_NS    (20 * NS_PER_MS)
#define SCAN_TRIES 2 /* a collision may by chance look like silence */

/* One request, waited for. */
struct waiting {
    bool came;
    struct master_result result;
    uint8_t data[MASTER_LONG_MAX];
};

static void came(void *ctx, const struct master_result *result) {
    struct waiting *waiting = ctx;
    waiting->came = true;
    waiting->result = *result;
    if (result->length > 0) {
        memcpy(waiting->data, result->data, result->length);
    }
}

/* False: interrupted. */
static bool wait_for(struct meter_session *session, const struct waiting *waiting) {
    while (!waiting->came && !meter_interrupted()) {
        loop_run(&session->loop, session->loop.now_ns + LOOK_NS);
    }
    return waiting->came;
}

static bool read_one(struct meter_session *session, const uint8_t address[6], uint32_t di,
                     struct waiting *waiting) {
    waiting->came = false;
    master_read(&session->master, address, di, came, waiting);
    return wait_for(session, waiting);
}

static const struct meter_item *item_of(const struct meter_options *options, const char *text) {
    char *end;
    const struct meter_item *item = meter_item_by_name(options->type, text);
    if (item == NULL && strlen(text) == 8) {
        uint32_t di = (uint32_t)strtoul(text, &end, 16);
        item = *end == '\0' ? meter_item(options->type, di) : NULL;
    }
    if (item == NULL) {
        cli_complain("'%s' is no item; `pilebench meter items` lists them", text);
    }
    return item;
}

static void print_values(const struct meter_options *options, const struct meter_item *item,
                         const struct waiting *waiting) {
    char text[64];
    size_t width = item->bytes, whole = meter_item_bytes(options->type, item);
    if (waiting->result.length != whole) {
        printf("(%zu bytes instead of %zu: another --type?)", waiting->result.length, whole);
        return;
    }
    if (item->kind != METER_BLOCK) {
        meter_item_print(item, waiting->data, text, sizeof text);
        fputs(text, stdout);
        return;
    }
    size_t count = sizeof item->elements / sizeof item->elements[0], at = 0;
    for (size_t i = 0; i < count && (i == 0 || item->elements[i] != 0); i++) {
        const struct meter_item *element = meter_item(options->type, item->elements[i]);
        width = element->bytes;
        meter_item_print(element, waiting->data + at, text, sizeof text);
        printf("%s%s", i > 0 ? ", " : "", text);
        at += width;
    }
}

static void complain(const char *name, const struct master_result *result) {
    if (result->outcome == MASTER_LINE) {
        cli_complain("%s: the port takes no request any more; is the adapter still plugged in?",
                     name);
        return;
    }
    if (result->outcome != MASTER_REFUSED) {
        cli_complain("%s: %s after %u tries", name, master_outcome_text(result->outcome, false),
                     result->tries);
        return;
    }
    char words[160] = "";
    for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
        if ((result->error & bit) != 0) {
            strncat(words, words[0] == '\0' ? "" : ", ", sizeof words - strlen(words) - 1);
            strncat(words, meter_error_text((uint8_t)bit, false), sizeof words - strlen(words) - 1);
        }
    }
    cli_complain("%s: refused (%02XH: %s)", name, result->error,
                 words[0] == '\0' ? "no reason" : words);
}

int cli_meter_read(const struct meter_options *options, int argc, char **argv) {
    const struct meter_item *items[ITEMS_MAX];
    struct meter_session session;
    struct waiting waiting;
    int code = EXIT_PASS;
    if (argc < 1 || argc > ITEMS_MAX) {
        cli_complain("read what? 1 to %d items, e.g. energy_forward", ITEMS_MAX);
        return EXIT_USAGE;
    }
    for (int i = 0; i < argc; i++) {
        items[i] = item_of(options, argv[i]);
        if (items[i] == NULL) {
            return EXIT_USAGE;
        }
    }
    if (!meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    for (int i = 0; i < argc && read_one(&session, options->address, items[i]->di, &waiting); i++) {
        if (waiting.result.outcome != MASTER_DONE) {
            complain(items[i]->name, &waiting.result);
            code = EXIT_FAIL;
            if (waiting.result.outcome == MASTER_LINE) {
                break;
            }
            continue;
        }
        printf("%-20s ", items[i]->name);
        print_values(options, items[i], &waiting);
        putchar('\n');
    }
    meter_session_close(&session);
    return code;
}

/* ---- watch ---- */

/* The bare number, for a spreadsheet; empty when there is none. */
static void print_cell(const struct meter_item *item, const struct waiting *waiting) {
    char text[64];
    putchar(',');
    if (waiting->result.outcome == MASTER_DONE && waiting->result.length == item->bytes) {
        meter_item_print(item, waiting->data, text, sizeof text);
        text[strcspn(text, " ")] = '\0';
        fputs(text, stdout);
    }
}

/* One line of the table. False: not all answered; *gone: nor will they. */
static bool watch_once(struct meter_session *session, const struct meter_options *options,
                       const struct meter_item **items, int count, bool *gone) {
    struct waiting waiting;
    bool all = true;
    printf("%.3f", (double)session->loop.now_ns / 1e9);
    for (int i = 0;
         i < count && !*gone && read_one(session, options->address, items[i]->di, &waiting); i++) {
        print_cell(items[i], &waiting);
        all = all && waiting.result.outcome == MASTER_DONE;
        *gone = waiting.result.outcome == MASTER_LINE;
    }
    putchar('\n');
    fflush(stdout);
    if (*gone) { /* a silent meter may come back, an adapter does not by itself */
        complain("watch", &waiting.result);
    }
    return all;
}

int cli_meter_watch(const struct meter_options *options, int argc, char **argv) {
    const struct meter_item *items[ITEMS_MAX];
    struct meter_session session;
    int code = EXIT_PASS;
    if (argc < 1 || argc > ITEMS_MAX) {
        cli_complain("watch what? 1 to %d items, e.g. voltage_a current_a", ITEMS_MAX);
        return EXIT_USAGE;
    }
    for (int i = 0; i < argc; i++) {
        items[i] = item_of(options, argv[i]);
        if (items[i] == NULL) {
            return EXIT_USAGE;
        }
    }
    if (!meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    fputs("time_s", stdout);
    for (int i = 0; i < argc; i++) {
        printf(",%s%s%s", items[i]->name, items[i]->unit[0] != '\0' ? "_" : "", items[i]->unit);
    }
    putchar('\n');
    int64_t next_ns = session.loop.now_ns;
    bool gone = false;
    for (unsigned n = 0;
         (options->count == 0 || n < options->count) && !meter_interrupted() && !gone; n++) {
        while (session.loop.now_ns < next_ns && !meter_interrupted()) {
            int64_t soon = session.loop.now_ns + LOOK_NS;
            loop_run(&session.loop, soon < next_ns ? soon : next_ns);
        }
        code = watch_once(&session, options, items, argc, &gone) ? code : EXIT_FAIL;
        next_ns += (int64_t)(options->every_s * 1e9);
    }
    meter_session_close(&session);
    return code;
}

/* ---- dump ---- */

int cli_meter_dump(const struct meter_options *options, int argc, char **argv) {
    struct meter_session session;
    struct waiting waiting;
    const struct meter_item *item;
    size_t has = 0, asked = 0;
    (void)argv;
    if (argc > 0) {
        cli_complain("dump takes no items: it asks for all");
        return EXIT_USAGE;
    }
    if (!meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    for (; (item = meter_item_at(options->type, asked)) != NULL; asked++) {
        if (!read_one(&session, options->address, item->di, &waiting)) {
            break;
        }
        if (waiting.result.outcome == MASTER_DONE) {
            printf("%08X  %-20s ", item->di, item->name);
            print_values(options, item, &waiting);
            printf("   %s\n", options->chinese ? item->zh : item->en);
            fflush(stdout);
            has++;
        } else if (waiting.result.outcome != MASTER_REFUSED) {
            complain(item->name, &waiting.result);
            if (has == 0 || waiting.result.outcome == MASTER_LINE) {
                break; /* nobody is there */
            }
        }
    }
    meter_session_close(&session);
    fprintf(stderr, "%zu of %zu items\n", has, asked);
    return has > 0 ? EXIT_PASS : EXIT_FAIL;
}

/* ---- scan ---- */

static void found(void *ctx, const uint8_t address[6]) {
    char text[METER_ADDRESS_TEXT];
    (void)ctx;
    meter_address_to_text(address, text);
    puts(text);
    fflush(stdout);
}

static bool interrupted(void *ctx) {
    (void)ctx;
    return meter_interrupted();
}

int cli_meter_scan(const struct meter_options *options, int argc, char **argv) {
    struct meter_options own = *options;
    struct meter_session session;
    struct scan scan = {.master = &session.master, .found = found, .stopped = interrupted};
    (void)argv;
    if (argc > 0) {
        cli_complain("scan takes no further words");
        return EXIT_USAGE;
    }
    own.master.tries = options->master.tries < SCAN_TRIES ? options->master.tries : SCAN_TRIES;
    if (!meter_session_open(&session, &own)) {
        return EXIT_USAGE;
    }
    scan_line(&scan);
    meter_session_close(&session);
    fprintf(stderr, "%u meters found", scan.found_count);
    if (scan.unclear > 0) {
        fprintf(stderr,
                "; %u addresses answered but could not be understood (two meters with one "
                "address?)",
                scan.unclear);
    }
    fputc('\n', stderr);
    return scan.found_count > 0 && scan.unclear == 0 ? EXIT_PASS : EXIT_FAIL;
}

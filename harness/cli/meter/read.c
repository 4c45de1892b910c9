/* SPDX-License-Identifier: MIT */
/* pilebench meter read, dump, scan. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "meter/scan.h"

#include <stdlib.h>
#include <string.h>

#define SILENT_MAX 4 /* items a meter may leave unanswered before it is taken for absent */
#define SCAN_TRIES 2 /* a collision may by chance look like silence */

static void came(void *ctx, const struct master_result *result) {
    struct meter_reading *reading = ctx;
    reading->came = true;
    reading->result = *result;
    if (result->length > 0) {
        memcpy(reading->data, result->data, result->length);
    }
}

bool meter_read_item(struct meter_session *session, const uint8_t address[6], uint32_t di,
                     struct meter_reading *reading) {
    reading->came = false;
    master_read(&session->master, address, di, came, reading);
    while (!reading->came && !meter_interrupted()) {
        loop_run(&session->loop, session->loop.now_ns + METER_LOOK_NS);
    }
    return reading->came;
}

static const struct meter_item *item_of(const struct meter_options *options, const char *text) {
    char *end;
    const struct meter_item *item = meter_item_by_name(options->type, text);
    if (item == NULL && strlen(text) == 8) {
        uint32_t di = (uint32_t)strtoul(text, &end, 16);
        item = *end == '\0' ? meter_item(options->type, di) : NULL;
    }
    if (item == NULL) {
        cli_complain("unknown item '%s'; `pilebench meter items` lists them", text);
    }
    return item;
}

bool meter_items_of(const struct meter_options *options, int argc, char **argv,
                    const struct meter_item *items[METER_ITEMS_MAX]) {
    if (argc < 1 || argc > METER_ITEMS_MAX) {
        cli_complain("no items given; name 1 to %d of them, for example energy_forward voltage_a",
                     METER_ITEMS_MAX);
        return false;
    }
    for (int i = 0; i < argc; i++) {
        items[i] = item_of(options, argv[i]);
        if (items[i] == NULL) {
            return false;
        }
    }
    return true;
}

size_t meter_parts_of(enum meter_type type, const struct meter_item *item,
                      const struct meter_item *parts[METER_PARTS_MAX]) {
    size_t count = 0;
    if (item->kind != METER_BLOCK) {
        parts[count++] = item;
        return count;
    }
    while (count < METER_PARTS_MAX && (count == 0 || item->elements[count] != 0)) {
        parts[count] = meter_item(type, item->elements[count]);
        count++;
    }
    return count;
}

bool meter_part_print(const struct meter_options *options, const struct meter_item *part,
                      const uint8_t *data, char *text, size_t size) {
    int64_t value;
    if (part->kind == METER_NUMBER && !meter_item_get(part, data, &value)) {
        snprintf(text, size, "-");
        return false;
    }
    number_mask_item(&options->mask, part, data, text, size);
    return true;
}

/* False when the answer holds no value; what it holds instead has been reported. */
static bool print_values(const struct meter_options *options, const struct meter_item *item,
                         const struct meter_reading *reading) {
    const struct meter_item *parts[METER_PARTS_MAX];
    char text[METER_TEXT_SIZE];
    size_t at = 0, known = 0, whole = meter_item_bytes(options->type, item);
    size_t count = meter_parts_of(options->type, item, parts);
    if (reading->result.length != whole) {
        printf(options->chinese ? "（%zu字节，应为%zu字节：表型--type不符？）"
                                : "(%zu bytes instead of %zu: another --type?)",
               reading->result.length, whole);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        known += meter_part_print(options, parts[i], reading->data + at, text, sizeof text);
        printf("%s%s", i > 0 ? ", " : "", text);
        at += parts[i]->bytes;
    }
    if (known == 0) {
        fputs(options->chinese ? "（电表无此值）" : " (the meter has no value)", stdout);
    }
    return known > 0;
}

static void error_words(uint8_t error, bool chinese, char *words, size_t size) {
    words[0] = '\0';
    for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
        if ((error & bit) != 0) {
            strncat(words, words[0] == '\0' ? "" : ", ", size - strlen(words) - 1);
            strncat(words, meter_error_text((uint8_t)bit, chinese), size - strlen(words) - 1);
        }
    }
}

void meter_complain(const struct meter_options *options, const char *name,
                    const struct master_result *result) {
    bool zh = options->chinese;
    const char *outcome = master_outcome_text(result->outcome, zh);
    char words[256];
    if (result->outcome == MASTER_LINE) {
        cli_complain(
            zh ? "%s：串口不再接受请求，适配器还插着吗？"
               : "%s: the port no longer accepts requests; is the adapter still plugged in?",
            name);
    } else if (result->outcome != MASTER_REFUSED) {
        cli_complain(zh ? "%s：%s（已请求%u次）" : "%s: %s after %u tries", name, outcome,
                     result->tries);
    } else {
        error_words(result->error, zh, words, sizeof words);
        cli_complain(zh ? "%s：异常应答（%02XH：%s）" : "%s: refused (%02XH: %s)", name,
                     result->error,
                     words[0] != '\0' ? words
                     : zh             ? "无原因"
                                      : "no reason");
    }
}

int cli_meter_read(const struct meter_options *options, int argc, char **argv) {
    const struct meter_item *items[METER_ITEMS_MAX];
    struct meter_session session;
    struct meter_reading reading;
    int code = EXIT_PASS;
    if (!meter_items_of(options, argc, argv, items) || !meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    for (int i = 0; i < argc && meter_read_item(&session, options->address, items[i]->di, &reading);
         i++) {
        if (reading.result.outcome != MASTER_DONE) {
            meter_complain(options, items[i]->name, &reading.result);
            code = EXIT_FAIL;
            if (reading.result.outcome == MASTER_LINE) {
                break;
            }
            continue;
        }
        printf("%-20s ", items[i]->name);
        code = print_values(options, items[i], &reading) ? code : EXIT_FAIL;
        putchar('\n');
    }
    meter_session_close(&session);
    return code;
}

/* ---- dump ---- */

/* One item's line. False: no use in asking for more. */
static bool dump_item(const struct meter_options *options, const struct meter_item *item,
                      const struct meter_reading *reading, size_t *has, size_t *silent) {
    switch (reading->result.outcome) {
    case MASTER_DONE:
        printf("%08X  %-20s ", item->di, item->name);
        (void)print_values(options, item, reading);
        printf("   %s\n", options->chinese ? item->zh : item->en);
        fflush(stdout);
        ++*has;
        return true;
    case MASTER_REFUSED:
        return true;
    default: /* some meters are silent where they should refuse */
        meter_complain(options, item->name, &reading->result);
        ++*silent;
        return reading->result.outcome != MASTER_LINE && (*has > 0 || *silent < SILENT_MAX);
    }
}

int cli_meter_dump(const struct meter_options *options, int argc, char **argv) {
    struct meter_session session;
    struct meter_reading reading;
    const struct meter_item *item;
    size_t has = 0, silent = 0, asked = 0;
    bool goes_on = true;
    (void)argv;
    if (argc > 0) {
        cli_complain("dump reads all items; leave the names out");
        return EXIT_USAGE;
    }
    if (!meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    while (goes_on && (item = meter_item_at(options->type, asked)) != NULL &&
           meter_read_item(&session, options->address, item->di, &reading)) {
        asked++;
        goes_on = dump_item(options, item, &reading, &has, &silent);
    }
    meter_session_close(&session);
    fprintf(stderr, options->chinese ? "%zu项，共请求%zu项\n" : "%zu of %zu items\n", has, asked);
    return has > 0 && goes_on ? EXIT_PASS : EXIT_FAIL;
}

/* ---- scan ---- */

static void found(void *ctx, const uint8_t address[6]) {
    const struct meter_options *options = ctx;
    char text[METER_ADDRESS_TEXT];
    number_mask_address(&options->mask, address, text);
    puts(text);
    fflush(stdout);
}

static bool interrupted(void *ctx) {
    (void)ctx;
    return meter_interrupted();
}

static void tell_found(const struct scan *scan, bool zh) {
    fprintf(stderr, zh ? "找到%u只电表" : "%u meters found", scan->found_count);
    if (scan->unclear > 0) {
        fprintf(stderr,
                zh ? "；%u个地址有应答但无法识别（两表同址？）"
                   : "; %u addresses answered but could not be understood (two meters with one "
                     "address?)",
                scan->unclear);
    }
    if (scan->found_count == 0 && scan->collided) {
        fputs(zh ? "；多表同时应答，但均不支持部分地址通配：请逐只接线"
                 : "; several answered at once, yet none to a part of its address: connect them "
                   "one at a time",
              stderr);
    }
    fputc('\n', stderr);
}

int cli_meter_scan(const struct meter_options *options, int argc, char **argv) {
    struct meter_options own = *options;
    struct meter_session session;
    struct scan scan = {
        .master = &session.master, .found = found, .stopped = interrupted, .ctx = &own};
    (void)argv;
    if (argc > 0) {
        cli_complain("scan takes no arguments");
        return EXIT_USAGE;
    }
    own.master.tries = options->master.tries < SCAN_TRIES ? options->master.tries : SCAN_TRIES;
    if (!meter_session_open(&session, &own)) {
        return EXIT_USAGE;
    }
    bool whole = scan_line(&scan);
    meter_session_close(&session);
    tell_found(&scan, options->chinese);
    if (!whole) {
        meter_complain(options, "scan", &(struct master_result){.outcome = MASTER_LINE});
    }
    return whole && scan.found_count > 0 && scan.unclear == 0 ? EXIT_PASS : EXIT_FAIL;
}

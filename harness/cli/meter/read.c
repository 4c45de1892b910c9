/* SPDX-License-Identifier: MIT */
/* pilebench meter read, dump. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "harness/cli/shared.h"
#include "sim/text/nearest.h"

#include <stdlib.h>
#include <string.h>

#define SILENT_MAX 4 /* items a meter may leave unanswered before it is taken for absent */

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

void meter_want(enum meter_type type, uint32_t di, struct meter_wanted *wanted) {
    struct meter_found *found = &wanted->found;
    wanted->known = meter_find(type, di, found);
    if (!wanted->known) {
        snprintf(found->name, sizeof found->name, "%08X", (unsigned)di);
        found->item = (struct meter_item){
            .di = di, .name = found->name, .zh = "未知数据标识", .en = "unknown item", .unit = ""};
    }
}

static const char *item_name(void *ctx, size_t index) {
    const struct meter_item *item = meter_item_at(*(const enum meter_type *)ctx, index);
    return item != NULL ? item->name : NULL;
}

static bool item_of(const struct meter_options *options, const char *text,
                    struct meter_wanted *wanted) {
    const struct meter_item *item = meter_item_by_name(options->type, text);
    bool identifier = strlen(text) == 8 && strspn(text, "0123456789ABCDEFabcdef") == 8;
    if (item != NULL || identifier) {
        meter_want(options->type, item != NULL ? item->di : (uint32_t)strtoul(text, NULL, 16),
                   wanted);
        return true;
    }
    enum meter_type type = options->type;
    struct problem problem = {0};
    problem_set_both(&problem, "unknown item '%s'", "没有数据项'%s'", text);
    nearest_add(&problem, text, item_name, &type, nearest_else);
    problem_add(&problem,
                "; `pilebench meter items` lists the names, any other item is read by the eight "
                "digits of its identifier",
                "；名称见`pilebench meter items`，其他数据项以八位数据标识读取");
    cli_problem(&problem);
    return false;
}

bool meter_items_of(const struct meter_options *options, int argc, char **argv,
                    struct meter_wanted wanted[METER_ITEMS_MAX]) {
    if (argc < 1 || argc > METER_ITEMS_MAX) {
        cli_complain("no items given; name 1 to %d of them, for example energy_forward voltage_a",
                     METER_ITEMS_MAX);
        return false;
    }
    for (int i = 0; i < argc; i++) {
        if (!item_of(options, argv[i], &wanted[i])) {
            return false;
        }
    }
    return true;
}

bool meter_element_print(const struct meter_options *options, const struct meter_item *item,
                         const uint8_t *data, char *text, size_t size) {
    int64_t value;
    if (item->kind == METER_NUMBER && !meter_item_get(item, data, &value)) {
        snprintf(text, size, "-");
        return false;
    }
    number_mask_item(&options->mask, item, data, options->chinese, text, size);
    return true;
}

static void print_raw(const struct meter_options *options, const uint8_t *data, size_t length) {
    if (options->mask.on) {
        printf(options->chinese ? "（%zu字节，已隐去）" : "(%zu bytes, masked)", length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        printf("%02X ", data[i]);
    }
    fputs(options->chinese ? "（低字节在前）" : "(lowest byte first)", stdout);
}

/* What the answer of another length may be: the item of another type of meter, or its bytes. */
static void print_misfit(const struct meter_options *options, const struct meter_item *item,
                         const struct meter_reading *reading) {
    bool zh = options->chinese;
    printf(zh ? "（%zu字节，应为%zu字节" : "(%zu bytes instead of %zu", reading->result.length,
           (size_t)item->bytes);
    for (unsigned i = 0; i < METER_TYPES; i++) {
        struct meter_found other;
        if (meter_find((enum meter_type)i, item->di, &other) &&
            meter_item_length_fits(&other.item, reading->result.length)) {
            printf(zh ? "：--type %s？）" : ": --type %s?)", meter_type_name((enum meter_type)i));
            return;
        }
    }
    fputs(zh ? "：" : ": ", stdout);
    if (item->kind == METER_SECRET) {
        fputs(zh ? "不显示" : "not shown", stdout);
    } else {
        print_raw(options, reading->data, reading->result.length);
    }
    fputs(zh ? "）" : ")", stdout);
}

/* False when the answer holds no value; what it holds instead has been reported. */
static bool print_values(const struct meter_options *options, const struct meter_wanted *wanted,
                         const struct meter_reading *reading) {
    const struct meter_item *item = &wanted->found.item;
    char text[METER_TEXT_SIZE];
    size_t length = reading->result.length, known = 0;
    if (!wanted->known) {
        print_raw(options, reading->data, length);
        return length > 0;
    }
    if (!meter_item_length_fits(item, length)) {
        print_misfit(options, item, reading);
        return false;
    }
    for (size_t at = 0; at < length; at += item->bytes) {
        known += meter_element_print(options, item, reading->data + at, text, sizeof text);
        printf("%s%s", at > 0 ? ", " : "", text);
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

static int read_items(const struct meter_options *options, int count, char **names) {
    struct meter_wanted wanted[METER_ITEMS_MAX];
    struct meter_session session;
    struct meter_reading reading;
    int code = EXIT_PASS;
    if (!meter_items_of(options, count, names, wanted) || !meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    for (int i = 0; i < count; i++) {
        const struct meter_item *item = &wanted[i].found.item;
        if (!meter_read_item(&session, options->address, item->di, &reading)) {
            break;
        }
        if (reading.result.outcome != MASTER_DONE) {
            meter_complain(options, item->name, &reading.result);
            code = EXIT_FAIL;
            if (reading.result.outcome == MASTER_LINE) {
                break;
            }
            continue;
        }
        printf("%-20s ", item->name);
        code = print_values(options, &wanted[i], &reading) ? code : EXIT_FAIL;
        putchar('\n');
    }
    meter_session_close(&session);
    return code;
}

static int cli_meter_read(int argc, char **argv);

const struct command meter_read_command = {
    .name = "meter read",
    .what = {"read items of a meter, one answer each", "读取电表的数据项，各应答一次"},
    .arguments = "ITEM...",
    .fill = FILL_NOTHING,
    .least = 1,
    .most = METER_ITEMS_MAX,
    .about = {"Reads these items, one line each. An ITEM is a name (energy_forward; `pilebench "
              "meter items` lists them) or any identifier (00010000): what is not known is shown "
              "as raw bytes.",
              "读取这些数据项，每项一行。ITEM为名称（energy_forward；`pilebench meter "
              "items`列出）或任意标识（00010000）：未知者以原始字节显示。"},
    .groups = {METER_ASKING_GROUPS(offsetof(struct meter_options, mask))},
    .examples = "pilebench meter read energy_forward voltage_a --port /dev/ttyUSB0 --address 25",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter_read,
};

static int cli_meter_read(int argc, char **argv) {
    struct meter_options options;
    struct command_given given;
    int code;
    return meter_parse(&meter_read_command, argc, argv, &options, &given, &code)
               ? read_items(&options, given.count, given.words)
               : code;
}

/* ---- dump ---- */

/* One item's line. False: no use in asking for more. */
static bool dump_item(const struct meter_options *options, const struct meter_wanted *wanted,
                      const struct meter_reading *reading, size_t *has, size_t *silent) {
    const struct meter_item *item = &wanted->found.item;
    switch (reading->result.outcome) {
    case MASTER_DONE:
        printf("%08X  %-20s ", item->di, item->name);
        (void)print_values(options, wanted, reading);
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

static int dump(const struct meter_options *options) {
    struct meter_session session;
    struct meter_reading reading;
    struct meter_wanted wanted;
    const struct meter_item *item;
    size_t has = 0, silent = 0, asked = 0;
    bool goes_on = true;
    if (!meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    while (goes_on && (item = meter_item_at(options->type, asked)) != NULL &&
           meter_read_item(&session, options->address, item->di, &reading)) {
        asked++;
        meter_want(options->type, item->di, &wanted);
        goes_on = dump_item(options, &wanted, &reading, &has, &silent);
    }
    meter_session_close(&session);
    fprintf(stderr, options->chinese ? "%zu项，共请求%zu项\n" : "%zu of %zu items\n", has, asked);
    return has > 0 && goes_on ? EXIT_PASS : EXIT_FAIL;
}

static int cli_meter_dump(int argc, char **argv);

const struct command meter_dump_command = {
    .name = "meter dump",
    .what = {"read every item that the meter has", "读取电表的所有数据项"},
    .arguments = "",
    .fill = FILL_NOTHING,
    .least = 0,
    .most = 0,
    .about = {"Asks for every item that has a name, and prints those that the meter has.",
              "请求所有有名称的数据项，打印电表有的。"},
    .groups = {METER_ASKING_GROUPS(offsetof(struct meter_options, mask))},
    .examples = "pilebench meter dump --port /dev/ttyUSB0 --baud 9600",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter_dump,
};

static int cli_meter_dump(int argc, char **argv) {
    struct meter_options options;
    struct command_given given;
    int code;
    return meter_parse(&meter_dump_command, argc, argv, &options, &given, &code) ? dump(&options)
                                                                                 : code;
}

/* SPDX-License-Identifier: MIT */
/* pilebench meter: what its commands share. */
#include "harness/cli/meter/meter.h"

#include "harness/cli/cli.h"
#include "harness/cli/shared.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

bool meter_interrupted(void) {
    return stopped != 0;
}

/* ---- options ---- */

static bool take_type(void *at, const char *text, struct problem *problem) {
    for (unsigned i = 0; i < METER_TYPES; i++) {
        if (strcmp(meter_type_name((enum meter_type)i), text) == 0) {
            *(enum meter_type *)at = (enum meter_type)i;
            return true;
        }
    }
    return problem_set(problem, "expected standard, dc-vendor or ac-wide");
}

/* AA stands for two digits; an A beside a digit matches no meter. */
static bool only_whole_wildcards(const uint8_t address[6]) {
    for (unsigned i = 0; i < 6; i++) {
        bool digits = address[i] >> 4 <= 9 && (address[i] & 0xF) <= 9;
        if (!digits && address[i] != METER_WILDCARD) {
            return false;
        }
    }
    return true;
}

/* Known to be wanted masked, or not, only once every option has been read. */
static bool take_address(struct meter_options *options, const char *text) {
    if (text == NULL) {
        return true;
    }
    if (meter_address_from_text(text, options->address) && only_whole_wildcards(options->address)) {
        return true;
    }
    cli_complain("--address%s%s: 1 to 12 decimal digits, or AA for any two of them",
                 options->mask.on ? "" : " ", options->mask.on ? "" : text);
    return false;
}

#define METER struct meter_options

const struct option_row meter_line_rows[] = {
    OPTION_TEXT("port", 'p', "DEVICE", FILL_FILE, METER, port,
                "serial port, or the far end of a pseudo-terminal", "串口，或伪终端的对端"),
    OPTION_WHOLE(
        "baud", 'b', "N", 600, 19200, METER, bits_per_s,
        "bit/s; 8 data bits, even parity (default 2400; DC meters in chargers often run at "
        "9600)",
        "bit/s；8数据位，偶校验（默认2400；充电机中的直流表多为9600）"),
    {0}};

const struct option_row meter_request_rows[] = {
    OPTION_NUMBER(
        "timeout", 0, "MS", 1, 60000, METER, timeout_ms,
        "from the request's end to the answer's (default 1000); an answer that is coming in "
        "by then is heard out. scan: default 520, what a meter has to begin its answer",
        "从请求结束到应答结束（默认1000）；届时正在到来的应答会收完。scan：默认520，即电表开始应答"
        "的时限"),
    OPTION_NUMBER("gap", 0, "MS", 1, 60000, METER, gap_ms,
                  "longest pause between two bytes (default 500)", "两字节间的最长停顿（默认500）"),
    OPTION_WHOLE("tries", 0, "N", 1, 100, METER, tries, "how often to ask (default 3; scan: 1)",
                 "请求次数（默认3；scan：1）"),
    {0}};

const struct option_row meter_address_rows[] = {
    OPTION_TEXT("address", 'a', "DIGITS", FILL_NOTHING, METER, address_text,
                "12 digits; AA in place of two: any (default: all AA)",
                "12位数字；AA代替任意两位（默认全AA）"),
    {0}};

const struct option_row meter_type_rows[] = {
    OPTION_TAKEN("type", 0, "standard|dc-vendor|ac-wide", FILL_CHOICE, METER, type, take_type,
                 "dc-vendor: more digits for voltage, current, power; ac-wide: more for power",
                 "dc-vendor：电压、电流、功率位数更多；ac-wide：功率位数更多"),
    {0}};

const struct option_row meter_text_rows[] = {CLI_LANGUAGE(METER, chinese), {0}};

/* ---- sessions ---- */

bool meter_session_open(struct meter_session *session, const struct meter_options *options) {
    struct problem problem;
    if (options->port == NULL) {
        cli_complain("no serial port given; name it, for example --port /dev/ttyUSB0");
        return false;
    }
    loop_init(&session->loop, LOOP_REAL);
    session->line = serial_open(&session->loop, options->port, options->bits_per_s, &problem);
    if (session->line == NULL) {
        cli_complain("%s", problem.text);
        loop_free(&session->loop);
        return false;
    }
    master_init(&session->master, &session->loop, session->line, &options->master);
    return true;
}

void meter_session_close(struct meter_session *session) {
    master_free(&session->master);
    serial_free(session->line);
    loop_free(&session->loop);
}

/* ---- commands ---- */

static void set_defaults(struct meter_options *options) {
    *options = (struct meter_options){
        .bits_per_s = 2400, .master = master_params_default, .chinese = cli_chinese()};
    memset(options->address, 0xAA, sizeof options->address);
}

bool meter_parse(const struct command *command, int argc, char **argv,
                 struct meter_options *options, struct command_given *given, int *code) {
    set_defaults(options);
    if (!cli_parse(command, argc, argv, options, given, code)) {
        return false;
    }
    if (!take_address(options, options->address_text)) {
        *code = EXIT_USAGE;
        return false;
    }
    if (options->timeout_ms > 0) {
        options->master.timeout_ns = llround(options->timeout_ms * 1e6);
    }
    if (options->gap_ms > 0) {
        options->master.gap_ns = llround(options->gap_ms * 1e6);
    }
    if (options->tries > 0) {
        options->master.tries = options->tries;
    }
    return true;
}

static int cli_meter_items(int argc, char **argv) {
    struct meter_options options;
    struct command_given given;
    const struct meter_item *item;
    int code = EXIT_PASS;
    if (!meter_parse(&meter_items_command, argc, argv, &options, &given, &code)) {
        return code;
    }
    for (size_t i = 0; (item = meter_item_at(options.type, i)) != NULL; i++) {
        printf("%08X  %-20s %-8s %s\n", item->di, item->name, item->unit,
               options.chinese ? item->zh : item->en);
    }
    return EXIT_PASS;
}

const struct command meter_items_command = {
    .name = "meter items",
    .what = {"the items of DL/T 645-2007 and their identifiers", "DL/T 645-2007的数据项及其标识"},
    .arguments = "",
    .about = {"Lists the items that have a name, with identifier and unit.",
              "列出有名称的数据项及其标识和单位。"},
    .groups = {{meter_type_rows, 0}, {meter_text_rows, 0}},
    .exit_codes = {"0 done, 2 wrong usage", "0 完成，2 用法有误"},
    .run = cli_meter_items,
};

static const struct command_word words[] = {
    {"read", {"ITEM... --port DEVICE: one answer each", "ITEM... --port DEVICE：各应答一次"}},
    {"watch",
     {"ITEM... --port DEVICE: again and again, as CSV", "ITEM... --port DEVICE：反复读取，CSV"}},
    {"dump", {"--port DEVICE: every item the meter has", "--port DEVICE：电表的所有数据项"}},
    {"scan",
     {"--port DEVICE: addresses of all meters on the line", "--port DEVICE：线上所有电表的地址"}},
    {"simulate",
     {"[ADDRESS...] [--port DEVICE]: meters that answer",
      "[ADDRESS...] [--port DEVICE]：应答的电表"}},
    {"decode",
     {"[FILE...]: hex text of a line, in words", "[FILE...]：线上的十六进制文本，以文字解释"}},
    {"items", {"the items and their identifiers", "数据项及其标识"}},
    {0}};

static int cli_meter(int argc, char **argv);

const struct command meter_command = {
    .name = "meter",
    .what = {"read DL/T 645-2007 meters, simulate one, decode a line",
             "读取DL/T 645-2007电能表、模拟电表、解释线上数据"},
    .arguments = "COMMAND",
    .fill = FILL_WORD,
    .least = 1,
    .most = -1,
    .about =
        {"Reads DL/T 645-2007 meters. An ITEM is a name (energy_forward) or any identifier "
         "(00010000): what is not known is shown as raw bytes. `pilebench meter COMMAND --help` "
         "shows the options of each command.",
         "读取DL/T "
         "645-2007电能表。ITEM为名称（energy_"
         "forward）或任意标识（00010000）：未知者以原始字节显示。"
         "`pilebench meter COMMAND --help`给出各命令的选项。"},
    .words = words,
    .examples = "pilebench meter scan --port /dev/ttyUSB0 --baud 9600\n"
                "pilebench meter read energy_forward voltage_a --port /dev/ttyUSB0 --address 25\n"
                "pilebench meter simulate --current 100 &\n"
                "pilebench meter decode line.txt",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter,
};

static int cli_meter(int argc, char **argv) {
    struct command_given given;
    int code;
    bool named = argc > 1 && argv[1][0] != '-';
    if (!named && !cli_parse(&meter_command, argc, argv, NULL, &given, &code)) {
        return code;
    }
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    code = cli_run_command("meter", argc, argv);
    return stopped ? EXIT_INTERRUPTED : code;
}

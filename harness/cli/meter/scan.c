/* SPDX-License-Identifier: MIT */
/* pilebench meter scan. */
#include "meter/scan.h"

#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "harness/cli/shared.h"

#include <unistd.h>

#define PROGRESS_FIRST_NS    (2 * NS_PER_S)
#define PROGRESS_TERMINAL_NS (NS_PER_S / 2)
#define PROGRESS_LOG_NS      (10 * NS_PER_S) /* where a line stays */
#define LINE_LENGTH          70              /* of a terminal's, to be overwritten */

struct scanning {
    const struct meter_options *options;
    const struct loop *loop;
    const struct scan *scan;
    int64_t told_ns; /* when progress was told last */
    bool terminal, line_open;
};

/* What is on the terminal's line is progress only: it goes. */
static void clear_progress(struct scanning *scanning) {
    if (scanning->line_open) {
        fprintf(stderr, "\r%*s\r", LINE_LENGTH, "");
        scanning->line_open = false;
    }
}

static void asking(void *ctx, unsigned asked, unsigned left) {
    struct scanning *scanning = ctx;
    int64_t now_ns = scanning->loop->now_ns;
    int64_t every_ns = scanning->terminal ? PROGRESS_TERMINAL_NS : PROGRESS_LOG_NS;
    bool first = scanning->told_ns == 0 && now_ns >= PROGRESS_FIRST_NS;
    if (asked == 0 ||
        (!first && (scanning->told_ns == 0 || now_ns < scanning->told_ns + every_ns))) {
        return;
    }
    scanning->told_ns = now_ns;
    clear_progress(scanning);
    double left_s = (double)now_ns / (double)NS_PER_S / asked * left;
    fprintf(stderr,
            scanning->options->chinese
                ? "已询问%u个地址，至少还有%u个，约%.0f秒；已找到%u只电表"
                : "%u addresses asked, at least %u to go, about %.0f s; %u meters found",
            asked, left, left_s, scanning->scan->found_count);
    scanning->line_open = scanning->terminal;
    if (!scanning->terminal) {
        fputc('\n', stderr);
    }
}

static void found(void *ctx, const uint8_t address[6]) {
    struct scanning *scanning = ctx;
    char text[METER_ADDRESS_TEXT];
    clear_progress(scanning);
    number_mask_address(&scanning->options->mask, address, text);
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

static int scan_meters(const struct meter_options *options) {
    struct meter_session session;
    struct scan scan = {.master = &session.master,
                        .silence_ns = options->timeout_ms > 0 ? 0 : SCAN_SILENCE_NS,
                        .tries = options->tries > 0 ? 0 : 1,
                        .found = found,
                        .asking = asking,
                        .stopped = interrupted};
    struct scanning scanning = {.options = options,
                                .loop = &session.loop,
                                .scan = &scan,
                                .terminal = isatty(STDERR_FILENO) != 0};
    scan.ctx = &scanning;
    if (!meter_session_open(&session, options)) {
        return EXIT_USAGE;
    }
    bool whole = scan_line(&scan);
    clear_progress(&scanning);
    meter_session_close(&session);
    tell_found(&scan, options->chinese);
    if (!whole) {
        meter_complain(options, "scan", &(struct master_result){.outcome = MASTER_LINE});
    }
    return whole && scan.found_count > 0 && scan.unclear == 0 ? EXIT_PASS : EXIT_FAIL;
}

static int cli_meter_scan(int argc, char **argv);

const struct command meter_scan_command = {
    .name = "meter scan",
    .what = {"find the addresses of all meters on the line", "找出线上所有电表的地址"},
    .arguments = "",
    .fill = FILL_NOTHING,
    .least = 0,
    .most = 0,
    .about = {"Asks with wildcards, digit by digit where several meters answer, and prints the "
              "addresses that it finds.",
              "用通配地址询问，多表同时应答时逐位细分，打印找到的地址。"},
    .groups = {{meter_line_rows, 0},
               {meter_request_rows, 0},
               {meter_text_rows, 0},
               {cli_mask_rows, offsetof(struct meter_options, mask)}},
    .examples = "pilebench meter scan --port /dev/ttyUSB0 --baud 9600",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter_scan,
};

static int cli_meter_scan(int argc, char **argv) {
    struct meter_options options;
    struct command_given given;
    int code;
    return meter_parse(&meter_scan_command, argc, argv, &options, &given, &code)
               ? scan_meters(&options)
               : code;
}

/* SPDX-License-Identifier: MIT */
/* pilebench decode */
#include "harness/decode/decode.h"
#include "harness/capture/health_text.h"
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "harness/mask/capture_mask.h"
#include "harness/mask/number_mask.h"
#include "harness/run/runner.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct job {
    const char *source;
    struct capture_options read;
    struct number_mask mask;
    bool json;
    struct decode_options decode;
};

static int cli_decode(int argc, char **argv);

static const struct option_row rows[] = {
    OPTION_FLAG("json", 0, struct job, json, "one object per line, for machines (docs/decode.md)",
                "每行一个对象，供程序读取（docs/decode.md）"),
    OPTION_TEXT(
        "fields", 0, "LIST", FILL_NOTHING, struct job, decode.fields,
        "CSV with these columns: BCL.current_demand,CCS.output_current,BMV.cell_voltage[3]; "
        "a row for each message that has one of them, the others hold their last value, "
        "empty is unknown",
        "以这些列输出CSV：BCL.current_demand,CCS.output_current,BMV.cell_voltage[3]；"
        "含其中任一字段的报文各一行，其余列保持上次的值，空为未知"),
    OPTION_FLAG("changes", 0, struct job, decode.changes,
                "only messages that differ from the previous one of their kind",
                "只显示与上一条同类报文不同者"),
    CLI_LANGUAGE(struct job, decode.chinese),
    CLI_EDITION(struct job, decode.edition, "of GB/T 27930 (default 2015)",
                "GB/T 27930的版本（默认2015）"),
    {0}};

const struct command decode_command = {
    .name = "decode",
    .what = {"explain each message in a capture or on an interface",
             "解释捕获文件或接口上的每条报文"},
    .arguments = "CAPTURE|INTERFACE|-",
    .fill = FILL_FILE,
    .least = 1,
    .most = 1,
    .about =
        {"Explains each message of GB/T 27930 in a CAN capture, or live on a SocketCAN "
         "interface: one line per message, multi-packet messages reassembled, faults named. A "
         "capture is recognised by its content: candump, Vector ASC and BLF, pcapng, CSV and "
         "the text exports of ZLG and CANalyst.\n\n"
         "Dates of a capture are shown in UTC, those of an interface in local time. The totals "
         "and the problems of the capture go to standard error.",
         "解释CAN捕获文件中或SocketCAN接口上的每条GB/T "
         "27930报文：每条一行，多包报文已重组，错误已指明。"
         "捕获文件按内容识别：candump、Vector "
         "ASC和BLF、pcapng、CSV以及ZLG和CANalyst的文本导出。\n\n"
         "捕获文件的日期为UTC，接口的为本地时间。合计和捕获文件的问题输出到标准错误。"},
    .groups = {{rows, 0},
               {cli_capture_rows, offsetof(struct job, read)},
               {cli_mask_rows, offsetof(struct job, mask)}},
    .examples = "pilebench decode car.asc | less\n"
                "pilebench decode can0 --changes --language zh\n"
                "candump -L can0 | pilebench decode - --json\n"
                "pilebench decode car.blf --fields BCL.current_demand,CCS.output_current > a.csv",
    .exit_codes = {"0 done, 2 wrong usage or nothing to read, 4 cannot write, 130 interrupted",
                   "0 完成，2 用法有误或无可读内容，4 无法写出，130 被中断"},
    .run = cli_decode,
};

static bool parse(int argc, char **argv, struct job *job, int *code) {
    struct command_given given;
    *job =
        (struct job){.decode = {.edition = EDITION_2015, .out = stdout, .chinese = cli_chinese()}};
    job->decode.colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    if (!cli_parse(&decode_command, argc, argv, job, &given, code)) {
        return false;
    }
    if (job->json && job->decode.fields != NULL) {
        cli_complain("--json and --fields cannot be combined");
        *code = EXIT_USAGE;
        return false;
    }
    job->decode.form = job->json                    ? DECODE_JSON
                       : job->decode.fields != NULL ? DECODE_CSV
                                                    : DECODE_TEXT;
    job->source = given.words[0];
    return true;
}

/* ---- where the frames come from ---- */

struct flow {
    struct decode *decode;
    struct capture_mask *mask; /* NULL: none */
    struct loop *loop;         /* live */
    const char *network;
    int64_t epoch_ns;
};

static void decode_one(void *ctx, const struct capture_frame *frame) {
    const struct flow *flow = ctx;
    decode_frame(flow->decode, frame);
}

static void feed(struct flow *flow, const struct capture_frame *frame) {
    if (flow->mask != NULL) {
        capture_mask_frame(flow->mask, frame);
    } else {
        decode_frame(flow->decode, frame);
    }
}

static bool begin(struct flow *flow, const struct job *job) {
    struct problem problem = {0};
    flow->decode = decode_new(&job->decode, &problem);
    if (flow->decode == NULL) {
        cli_complain("%s", problem.text);
        return false;
    }
    if (job->mask.on) {
        flow->mask = capture_mask_new(job->mask.key, decode_one, flow);
    }
    return true;
}

/* Flushes and says how it went; code is what the reading came to. */
static int end(struct flow *flow, int code) {
    capture_mask_free(flow->mask); /* what it held back comes out */
    decode_finish(flow->decode);
    fflush(stdout);
    decode_summarise(flow->decode, stderr);
    decode_free(flow->decode);
    return runner_interrupted() ? EXIT_INTERRUPTED : code;
}

static int decode_capture(const struct job *job) {
    struct problem problem = {0};
    struct flow flow = {0};
    struct capture *capture = capture_open(job->source, &job->read, &problem);
    if (capture == NULL) {
        cli_complain("%s", problem_in(&problem, job->decode.chinese));
        return EXIT_USAGE;
    }
    if (!begin(&flow, job)) {
        capture_close(capture);
        return EXIT_USAGE;
    }
    struct capture_frame frame;
    bool first = true;
    while (!runner_interrupted() && capture_next(capture, &frame)) {
        if (first) {
            decode_clock(flow.decode, capture_health(capture)->clock);
            first = false;
        }
        feed(&flow, &frame);
        if (ferror(stdout)) {
            break;
        }
    }
    const struct capture_health *health = capture_health(capture);
    int code = health->read_error != NULL || health->frames == 0 ? EXIT_USAGE : EXIT_PASS;
    code = end(&flow, code);
    capture_complain(health, job->source, job->decode.chinese, stderr);
    capture_close(capture);
    return code;
}

static void seen(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                 const struct can_node *sender) {
    struct flow *flow = ctx;
    (void)sender;
    const struct capture_frame one = {
        .at_ns = flow->epoch_ns + at_ns, .network = flow->network, .frame = *frame};
    feed(flow, &one);
    if (ferror(stdout)) {
        loop_stop(flow->loop);
    }
}

/* What people's clocks show, in nanoseconds past UTC. */
static int64_t local_zone_ns(void) {
    time_t now = time(NULL);
    struct tm local;
    return localtime_r(&now, &local) != NULL ? (int64_t)local.tm_gmtoff * NS_PER_S : 0;
}

static void tell_health(const struct can_stats *stats, const char *name) {
    const struct {
        uint64_t count;
        const char *what;
    } odd[] = {
        {stats->dropped, "frames were dropped: this machine was too slow"},
        {stats->error_frames, "error frames: bit rate, termination or wiring"},
        {stats->link_errors, "times the interface went down"},
        {stats->clock_steps, "times the clock was set: times near that moment are unreliable"}};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        if (odd[i].count > 0) {
            cli_complain("%s: %llu %s", name, (unsigned long long)odd[i].count, odd[i].what);
        }
    }
}

static int decode_interface(struct job *job) {
    struct loop loop;
    struct flow flow = {.loop = &loop, .network = job->source};
    struct can_tap tap = {.seen = seen, .ctx = &flow};
    struct timespec now;
    struct problem problem;
    loop_init(&loop, LOOP_REAL);
    clock_gettime(CLOCK_REALTIME, &now);
    flow.epoch_ns = (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
    struct can_net *net = can_socket_open(&loop, job->source, &problem);
    if (net == NULL) {
        cli_complain("%s", problem.text);
        loop_free(&loop);
        return EXIT_USAGE;
    }
    job->decode.numbered = false;
    job->decode.zone_ns = local_zone_ns();
    int code = EXIT_USAGE;
    if (begin(&flow, job)) {
        decode_clock(flow.decode, CLOCK_ABSOLUTE);
        can_tap(net, &tap);
        loop_run(&loop, LOOP_NEVER);
        code = end(&flow, EXIT_PASS);
        tell_health(can_stats(net), job->source);
    }
    can_free(net);
    loop_free(&loop);
    return code;
}

static int cli_decode(int argc, char **argv) {
    struct job job;
    struct stat what;
    int code;
    if (!parse(argc, argv, &job, &code)) {
        return code;
    }
    bool piped = strcmp(job.source, "-") == 0;
    bool file = piped || stat(job.source, &what) == 0;
    bool interface = !file && if_nametoindex(job.source) != 0;
    if (!file && !interface) {
        cli_complain("%s: neither a file nor a network interface (`ip link` lists the "
                     "interfaces)",
                     job.source);
        return EXIT_USAGE;
    }
    bool regular = file && !piped && S_ISREG(what.st_mode);
    if (!regular) { /* somebody waits for each line */
        setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    }
    runner_catch_signals();
    if (interface) {
        return decode_interface(&job);
    }
    job.decode.numbered = true;
    return decode_capture(&job);
}

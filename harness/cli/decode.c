/* SPDX-License-Identifier: MIT */
/* pilebench decode */
#include "harness/decode/decode.h"
#include "harness/capture/health_text.h"
#include "harness/cli/capture.h"
#include "harness/cli/cli.h"
#include "harness/mask/capture_mask.h"
#include "harness/run/runner.h"

#include <getopt.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "usage: pilebench decode CAPTURE|INTERFACE|- [options]\n\n"
    "Explains each message of GB/T 27930 in a CAN capture, or live on a SocketCAN interface: one\n"
    "line per message, multi-packet messages reassembled, faults named.\n"
    "A capture is recognised by its content: candump, Vector ASC and BLF, pcapng, CSV and the\n"
    "text exports of ZLG and CANalyst.\n\n"
    "  --json                one object per line, for machines (docs/decode.md)\n"
    "  --fields LIST         CSV with these columns: BCL.current_demand,CCS.output_current,\n"
    "                        BMV.cell_voltage[3]; a row for each message that has one of "
    "them,\n"
    "                        the others hold their last value, empty is unknown\n"
    "  --changes             only messages that differ from the previous one of their kind\n"
    "  --language en|zh      of the text (default en)\n"
    "  --edition 2011|2015|2023   of GB/T 27930 (default 2015)\n"
    "  --mask                VIN and pack serial number become pseudonyms\n"
    "  --mask-key TEXT       the secret key of the pseudonyms (implies --mask)\n"
    "  --network NAME        only this channel or interface of the capture\n"
    "  --columns SPEC        the columns of a table: id=2,data=6,time=1 or\n"
    "                        id=帧ID,data=数据\n"
    "  --time-unit UNIT      unit of plain numbers in the time column: s, ms, us or 0.1ms\n\n"
    "Dates of a capture are shown in UTC, those of an interface in local time. The totals "
    "and\n"
    "the problems of the capture go to standard error.\n\n"
    "examples:\n"
    "  pilebench decode car.asc | less\n"
    "  pilebench decode can0 --changes --language zh\n"
    "  candump -L can0 | pilebench decode - --json\n"
    "  pilebench decode car.blf --fields BCL.current_demand,CCS.output_current > a.csv\n\n"
    "exit codes: 0 done, 2 wrong usage or nothing to read, 4 cannot write, 130 interrupted\n";

struct job {
    const char *source;
    struct cli_capture reading;
    struct decode_options decode;
    struct cli_end end;
};

enum {
    OPT_JSON = 256,
    OPT_FIELDS,
    OPT_CHANGES,
    OPT_LANGUAGE,
    OPT_EDITION
};

static const struct option long_options[] = {{"json", no_argument, NULL, OPT_JSON},
                                             {"fields", required_argument, NULL, OPT_FIELDS},
                                             {"changes", no_argument, NULL, OPT_CHANGES},
                                             {"language", required_argument, NULL, OPT_LANGUAGE},
                                             {"edition", required_argument, NULL, OPT_EDITION},
                                             CLI_CAPTURE_OPTIONS,
                                             {"help", no_argument, NULL, 'h'},
                                             {0}};

static void set_form(struct job *job, enum decode_form form) {
    if (job->decode.form != DECODE_TEXT && job->decode.form != form) {
        cli_complain("--json and --fields cannot be combined");
        cli_leave(&job->end, EXIT_USAGE);
    }
    job->decode.form = form;
}

static void take(struct job *job, int option, const char *argument) {
    if (cli_capture_take(&job->reading, option, argument)) {
        return;
    }
    switch (option) {
    case OPT_JSON:
        set_form(job, DECODE_JSON);
        break;
    case OPT_FIELDS:
        job->decode.fields = argument;
        set_form(job, DECODE_CSV);
        break;
    case OPT_CHANGES:
        job->decode.changes = true;
        break;
    case OPT_LANGUAGE:
        if (!cli_language(argument, &job->decode.chinese)) {
            cli_leave(&job->end, EXIT_USAGE);
        }
        break;
    case OPT_EDITION:
        if (!cli_edition(argument, &job->decode.edition)) {
            cli_leave(&job->end, EXIT_USAGE);
        }
        break;
    default:
        cli_leave(&job->end, cli_other_option(option, "decode", help));
        break;
    }
}

static struct job parse(int argc, char **argv) {
    struct job job = {.decode = {.edition = EDITION_2015, .out = stdout}};
    int option;
    job.decode.colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    while (!job.end.now && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        take(&job, option, optarg);
    }
    if (!job.end.now && argc - optind != 1) {
        cli_leave(&job.end, cli_wrong_usage(help));
    }
    job.source = job.end.now ? NULL : argv[optind];
    return job;
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
    if (job->reading.mask.on) {
        flow->mask = capture_mask_new(job->reading.mask.key, decode_one, flow);
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
    struct capture *capture = capture_open(job->source, &job->reading.read, &problem);
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

int cli_decode(int argc, char **argv) {
    struct job job = parse(argc, argv);
    struct stat what;
    if (job.end.now) {
        return job.end.code;
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

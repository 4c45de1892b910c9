/* SPDX-License-Identifier: MIT */
/* pilebench convert */
#include "harness/capture/capture.h"
#include "harness/capture/health_text.h"
#include "harness/capture/writer/writer.h"
#include "harness/cli/capture.h"
#include "harness/cli/cli.h"
#include "harness/mask/capture_mask.h"

#include <getopt.h>
#include <string.h>

static const char help[] =
    "usage: pilebench convert IN OUT [options]\n\n"
    "Reads a CAN capture of any format (candump, Vector ASC and BLF, pcapng, CSV and the\n"
    "text exports of ZLG and CANalyst) and writes it in another. IN and OUT may be `-`.\n\n"
    "  --format candump|asc|pcapng   what to write (default: by the end of OUT's name:\n"
    "                        .log, .asc, .pcapng; candump for `-`)\n"
    "  --mask                VIN and pack serial number become pseudonyms, in every packet\n"
    "  --mask-key TEXT       the secret key of the pseudonyms (implies --mask); without it,\n"
    "                        anyone who suspects a VIN can check it\n"
    "  --network NAME        only this channel or interface of IN\n"
    "  --columns SPEC        the columns of a table: id=2,data=6,time=1 or\n"
    "                        id=帧ID,data=数据 (keys: id, data, time, length, direction,\n"
    "                        network, extended)\n"
    "  --time-unit UNIT      unit of plain numbers in the time column: s, ms, us or 0.1ms\n\n"
    "Problems with IN are reported on standard error; damaged lines are left out.\n\n"
    "examples:\n"
    "  pilebench convert charge.blf charge.pcapng\n"
    "  pilebench convert 充电记录.xls - --mask | pilebench decode -\n"
    "  pilebench convert car.asc car.log --network 1 --mask-key \"our secret\"\n\n"
    "exit codes: 0 written, 2 wrong usage or nothing to read, 4 not written,\n"
    "            130 interrupted\n";

struct convert {
    const char *in, *out;
    enum capture_format format;
    struct cli_capture reading;
    struct cli_end end;
};

enum {
    OPT_FORMAT = 256
};

static const struct option long_options[] = {{"format", required_argument, NULL, OPT_FORMAT},
                                             CLI_CAPTURE_OPTIONS,
                                             {"help", no_argument, NULL, 'h'},
                                             {0}};

static void set_format(struct convert *convert, const char *name) {
    static const struct {
        const char *name;
        enum capture_format format;
    } names[] = {
        {"candump", CAPTURE_CANDUMP_LOG}, {"asc", CAPTURE_ASC}, {"pcapng", CAPTURE_PCAPNG}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i].name) == 0) {
            convert->format = names[i].format;
            return;
        }
    }
    cli_complain("--format %s: use candump, asc or pcapng", name);
    cli_leave(&convert->end, EXIT_USAGE);
}

static void take(struct convert *convert, int option, const char *argument) {
    if (cli_capture_take(&convert->reading, option, argument)) {
        return;
    }
    switch (option) {
    case OPT_FORMAT:
        set_format(convert, argument);
        break;
    default:
        cli_leave(&convert->end, cli_other_option(option, "convert", help));
        break;
    }
}

static struct convert parse(int argc, char **argv) {
    struct convert convert = {.format = CAPTURE_UNKNOWN};
    int option;
    while (!convert.end.now && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        take(&convert, option, optarg);
    }
    if (convert.end.now) {
        return convert;
    }
    if (argc - optind != 2) {
        cli_leave(&convert.end, cli_wrong_usage(help));
        return convert;
    }
    convert.in = argv[optind];
    convert.out = argv[optind + 1];
    if (convert.format == CAPTURE_UNKNOWN) {
        convert.format = strcmp(convert.out, "-") == 0 ? CAPTURE_CANDUMP_LOG
                                                       : capture_format_of_name(convert.out);
    }
    if (convert.format == CAPTURE_UNKNOWN) {
        cli_complain("%s: the name does not end in .log, .asc or .pcapng; use --format",
                     convert.out);
        cli_leave(&convert.end, EXIT_USAGE);
    }
    return convert;
}

static void write_frame(void *ctx, const struct capture_frame *frame) {
    capture_write(ctx, frame);
}

static void copy(const struct convert *convert, struct capture *in, struct capture_writer *out) {
    struct capture_mask *mask = convert->reading.mask.on
                                    ? capture_mask_new(convert->reading.mask.key, write_frame, out)
                                    : NULL;
    struct capture_frame frame;
    while (!capture_writer_failed(out) && capture_next(in, &frame)) {
        if (mask != NULL) {
            capture_mask_frame(mask, &frame);
        } else {
            capture_write(out, &frame);
        }
    }
    capture_mask_free(mask);
}

/* A capture of which nothing could be read is bad input; one that could partly be read is what the
 * user has. */
static int run(const struct convert *convert) {
    struct problem problem;
    struct capture *in = capture_open(convert->in, &convert->reading.read, &problem);
    if (in == NULL) {
        cli_complain("%s", problem.text);
        return EXIT_USAGE;
    }
    struct capture_writer *out = capture_writer_open(convert->out, convert->format, &problem);
    if (out == NULL) {
        cli_complain("%s", problem.text);
        capture_close(in);
        return EXIT_BENCH;
    }
    copy(convert, in, out);
    const struct capture_health *health = capture_health(in);
    capture_complain(health, convert->in, false, stderr);
    int code = health->read_error != NULL || health->frames == 0 ? EXIT_USAGE : EXIT_PASS;
    if (!capture_writer_close(out, &problem)) {
        cli_complain("%s", problem.text);
        code = EXIT_BENCH;
    }
    capture_close(in);
    return code;
}

int cli_convert(int argc, char **argv) {
    struct convert convert = parse(argc, argv);
    return convert.end.now ? convert.end.code : run(&convert);
}

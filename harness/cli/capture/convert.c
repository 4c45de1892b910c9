/* SPDX-License-Identifier: MIT */
/* pilebench convert */
#include "harness/capture/capture.h"
#include "harness/capture/health_text.h"
#include "harness/capture/writer/writer.h"
#include "harness/cli/cli.h"
#include "harness/cli/shared.h"
#include "harness/mask/capture_mask.h"
#include "harness/mask/number_mask.h"

#include <string.h>

struct convert {
    const char *in, *out;
    enum capture_format format;
    struct capture_options read;
    struct number_mask mask;
};

static int cli_convert(int argc, char **argv);

static bool take_format(void *at, const char *name, struct problem *problem) {
    static const struct {
        const char *name;
        enum capture_format format;
    } names[] = {{"candump", CAPTURE_CANDUMP_LOG},
                 {"asc", CAPTURE_ASC},
                 {"pcapng", CAPTURE_PCAPNG},
                 {"blf", CAPTURE_BLF},
                 {"csv", CAPTURE_CSV},
                 {"trc", CAPTURE_TRC}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i].name) == 0) {
            *(enum capture_format *)at = names[i].format;
            return true;
        }
    }
    return problem_set(problem, "use candump, asc, blf, csv, pcapng or trc");
}

static const struct option_row rows[] = {
    OPTION_TAKEN(
        "format", 0, "candump|asc|blf|csv|pcapng|trc", FILL_CHOICE, struct convert, format,
        take_format,
        "what to write (default: by the end of OUT's name: .log, .asc, .blf, .csv, .pcapng, .trc; "
        "candump for `-`)",
        "写出的格式（默认按OUT的扩展名：.log、.asc、.blf、.csv、.pcapng、.trc；`-`为candump）"),
    {0}};

const struct command convert_command = {
    .name = "convert",
    .what = {"convert a CAN capture to another format, optionally masked",
             "将CAN捕获文件转换为另一格式，可隐去号码"},
    .arguments = "IN OUT",
    .fill = FILL_FILE,
    .least = 2,
    .most = 2,
    .about = {"Reads a CAN capture of any format (candump, Vector ASC and BLF, pcapng, CSV and the "
              "text exports of ZLG and CANalyst) and writes it in another. IN and OUT may be `-`. "
              "Problems with IN are reported on standard error; damaged lines are left out.",
              "读取任意格式的CAN捕获文件（candump、Vector "
              "ASC和BLF、pcapng、CSV以及ZLG和CANalyst的文本导出），"
              "以另一格式写出。IN和OUT可为`-`。IN的问题输出到标准错误，损坏的行略去。"},
    .groups = {{rows, 0},
               {cli_capture_rows, offsetof(struct convert, read)},
               {cli_mask_rows, offsetof(struct convert, mask)}},
    .examples = "pilebench convert charge.blf charge.pcapng\n"
                "pilebench convert 充电记录.xls - --mask | pilebench decode -\n"
                "pilebench convert car.asc car.log --network 1 --mask-key \"our secret\"",
    .exit_codes = {"0 written, 2 wrong usage or nothing to read, 4 not written, 130 interrupted",
                   "0 已写出，2 用法有误或无可读内容，4 未写出，130 被中断"},
    .run = cli_convert,
};

static bool parse(int argc, char **argv, struct convert *convert, int *code) {
    struct command_given given;
    *convert = (struct convert){.format = CAPTURE_UNKNOWN};
    if (!cli_parse(&convert_command, argc, argv, convert, &given, code)) {
        return false;
    }
    convert->in = given.words[0];
    convert->out = given.words[1];
    if (convert->format == CAPTURE_UNKNOWN) {
        convert->format = strcmp(convert->out, "-") == 0 ? CAPTURE_CANDUMP_LOG
                                                         : capture_format_of_name(convert->out);
    }
    if (convert->format == CAPTURE_UNKNOWN) {
        cli_complain(
            "%s: the name does not end in .log, .asc, .blf, .csv, .pcapng or .trc; use --format",
            convert->out);
        *code = EXIT_USAGE;
        return false;
    }
    return true;
}

static void write_frame(void *ctx, const struct capture_frame *frame) {
    capture_write(ctx, frame);
}

static void copy(const struct convert *convert, struct capture *in, struct capture_writer *out) {
    struct capture_mask *mask =
        convert->mask.on ? capture_mask_new(convert->mask.key, write_frame, out) : NULL;
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
    struct capture *in = capture_open(convert->in, &convert->read, &problem);
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

static int cli_convert(int argc, char **argv) {
    struct convert convert;
    int code;
    return parse(argc, argv, &convert, &code) ? run(&convert) : code;
}

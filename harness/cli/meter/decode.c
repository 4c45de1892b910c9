/* SPDX-License-Identifier: MIT */
/* pilebench meter decode: hex text of a line, whatever wrote it, to words. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "harness/cli/shared.h"
#include "meter/text/frames.h"

#include <string.h>

#define WRITE_HEAD 12 /* identifier, password, operator */

struct decoding {
    const struct meter_options *options;
    struct meter_parser parser;
    const char *file;
    struct text_frames *text;
    unsigned long frames, damages;
};

/* With --mask bytes of unknown meaning are not shown: they may hold a number. */
static void print_raw(const struct decoding *decoding, const uint8_t *data, size_t length) {
    bool chinese = decoding->options->chinese;
    if (decoding->options->mask.on) {
        printf(chinese ? "（%zu字节，已隐去）" : "(%zu bytes, masked)", length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        printf("%02X ", data[i]);
    }
    fputs(chinese ? "（低字节在前）" : "(lowest byte first)", stdout);
}

static void print_hidden(const struct decoding *decoding, size_t length) {
    printf(decoding->options->chinese ? "（%zu字节，不显示）" : "(%zu bytes, not shown)", length);
}

static void print_elements(const struct decoding *decoding, const struct meter_item *item,
                           const uint8_t *data, size_t length) {
    char text[METER_TEXT_SIZE];
    for (size_t at = 0; at < length; at += item->bytes) {
        number_mask_item(&decoding->options->mask, item, data + at, decoding->options->chinese,
                         text, sizeof text);
        printf("%s%s", at == 0 ? " = " : ", ", text);
    }
}

static void print_item(const struct decoding *decoding, uint32_t di, const uint8_t *data,
                       size_t length) {
    struct meter_wanted wanted;
    meter_want(decoding->options->type, di, &wanted);
    const struct meter_item *item = &wanted.found.item;
    printf("  %08X %s", di, decoding->options->chinese ? item->zh : item->en);
    if (length == 0) {
        return;
    }
    if (wanted.known && meter_item_length_fits(item, length)) {
        print_elements(decoding, item, data, length);
        return;
    }
    printf(" = ");
    if (item->kind == METER_SECRET) {
        print_hidden(decoding, length);
    } else {
        print_raw(decoding, data, length);
    }
}

static void print_errors(const struct decoding *decoding, uint8_t error) {
    bool chinese = decoding->options->chinese;
    printf("  %02XH", error);
    for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
        if ((error & bit) != 0) {
            printf(" %s", meter_error_text((uint8_t)bit, chinese));
        }
    }
}

/* Commands whose data have a password: of 2007, and of the edition of 1997 (04 write, 0F password). */
static bool has_password(uint8_t control) {
    switch (control & METER_FUNCTION) {
    case METER_WRITE:
    case METER_PASSWORD:
    case METER_CLEAR_DEMAND:
    case METER_CLEAR:
    case METER_CLEAR_EVENTS:
    case METER_SWITCH:
    case METER_WRITE_1997:
    case METER_PASSWORD_1997:
        return true;
    default:
        return false;
    }
}

/* An address, or bytes as they are. */
static void print_bytes(const struct decoding *decoding, const struct meter_frame *frame) {
    const struct number_mask *mask = &decoding->options->mask;
    uint8_t function = frame->control & METER_FUNCTION;
    char address[METER_ADDRESS_TEXT];
    printf("  ");
    if ((function == METER_READ_ADDRESS || function == METER_WRITE_ADDRESS) && frame->length == 6) {
        number_mask_address(mask, frame->data, address);
        fputs(address, stdout);
    } else if (has_password(frame->control)) {
        print_hidden(decoding, frame->length);
    } else {
        print_raw(decoding, frame->data, frame->length);
    }
}

/* ss mm hh DD MM YY. */
static void print_time(const uint8_t *data) {
    printf("20%02X-%02X-%02X %02X:%02X:%02X", data[5], data[4], data[3], data[2], data[1], data[0]);
}

/* mm hh DD MM, 99 for any. */
static void print_freeze(const uint8_t *data, bool chinese) {
    static const uint8_t at_once[4] = {0x99, 0x99, 0x99, 0x99};
    if (memcmp(data, at_once, sizeof at_once) == 0) {
        fputs(chinese ? "  瞬时" : "  at once", stdout);
    } else {
        printf(chinese ? "  %02X月%02X日%02X:%02X（99：任意）"
                       : "  month %02X, day %02X, %02X:%02X (99: any)",
               data[3], data[2], data[1], data[0]);
    }
}

static void print_baud(uint8_t word) {
    for (unsigned bit = 1; bit <= 6; bit++) {
        if (word == 1u << bit) {
            printf("  %u bit/s", 300u << bit);
            return;
        }
    }
    printf("  %02XH", word);
}

static const char *switch_text(uint8_t command, bool chinese) {
    switch (command) {
    case 0x1A:
        return chinese ? "跳闸" : "trip";
    case 0x1B:
        return chinese ? "合闸允许" : "allow closing";
    case 0x1C:
        return chinese ? "直接合闸" : "close";
    case 0x2A:
        return chinese ? "报警" : "alarm";
    case 0x2B:
        return chinese ? "报警解除" : "end of alarm";
    case 0x3A:
        return chinese ? "保电" : "hold";
    case 0x3B:
        return chinese ? "保电解除" : "end of hold";
    default:
        return chinese ? "未知命令" : "unknown command";
    }
}

static void print_operator(const struct decoding *decoding, const uint8_t *code) {
    bool zh = decoding->options->chinese;
    if (decoding->options->mask.on) {
        fputs(zh ? "  操作者代码（已隐去）" : "  operator (masked)", stdout);
    } else {
        printf(zh ? "  操作者代码%02X%02X%02X%02X" : "  operator %02X%02X%02X%02X", code[3],
               code[2], code[1], code[0]);
    }
}

/* Identifier, the password it is allowed by, the new one: level first, then six digits. */
static bool print_password_change(const struct decoding *decoding,
                                  const struct meter_frame *frame) {
    bool zh = decoding->options->chinese, answer = (frame->control & METER_ANSWER) != 0;
    if (answer && frame->length == 4) {
        fputs(zh ? "  （不显示）" : "  (not shown)", stdout);
        return true;
    }
    if (answer || frame->length != 12) {
        return false;
    }
    uint8_t by = frame->data[4], level = frame->data[8];
    printf(zh ? "  %02X级" : "  level %02X", level);
    if (by != level) {
        printf(zh ? "，权限%02X级" : " by level %02X", by);
    }
    fputs(zh ? "（不显示）" : " (not shown)", stdout);
    return true;
}

/* Password, operator; then which events, all FF: of every kind. */
static bool print_clear(const struct decoding *decoding, const struct meter_frame *frame) {
    bool events = frame->control == METER_CLEAR_EVENTS;
    if (frame->length != (events ? 12 : 8)) {
        return false;
    }
    print_operator(decoding, frame->data + 4);
    if (events) {
        uint32_t di = meter_di_get(frame->data + 8);
        bool all = di == 0xFFFFFFFFu;
        printf("  %08X", (unsigned)di);
        fputs(!all ? "" : decoding->options->chinese ? "（全部事件）" : " (all events)", stdout);
    }
    return true;
}

static bool print_switch(const struct decoding *decoding, const struct meter_frame *frame) {
    bool chinese = decoding->options->chinese;
    if (frame->length != 16) {
        return false;
    }
    print_operator(decoding, frame->data + 4);
    printf(chinese ? "  %02XH %s，有效至" : "  %02XH %s, valid until ", frame->data[8],
           switch_text(frame->data[8], chinese));
    print_time(frame->data + 10);
    return true;
}

static bool print_terminal(const struct meter_frame *frame, bool chinese) {
    static const struct {
        const char *en, *zh;
    } outputs[] = {{"seconds of the clock", "时钟秒脉冲"},
                   {"period of the demand", "需量周期"},
                   {"change of slots", "时段投切"}};
    if (frame->length != 1) {
        return false;
    }
    uint8_t word = frame->data[0];
    bool known = word < sizeof outputs / sizeof outputs[0];
    printf("  %02XH %s", word, !known ? "" : chinese ? outputs[word].zh : outputs[word].en);
    return true;
}

/* What a command says in its data; false: nothing that is known here. Passwords are not shown. */
static bool print_command(const struct decoding *decoding, const struct meter_frame *frame) {
    bool chinese = decoding->options->chinese;
    switch (frame->control) {
    case METER_BROADCAST_TIME:
        if (frame->length == 6) {
            printf("  ");
            print_time(frame->data);
        }
        return frame->length == 6;
    case METER_FREEZE:
        if (frame->length == 4) {
            print_freeze(frame->data, chinese);
        }
        return frame->length == 4;
    case METER_BAUD:
    case METER_BAUD | METER_ANSWER:
        if (frame->length == 1) {
            print_baud(frame->data[0]);
        }
        return frame->length == 1;
    case METER_PASSWORD:
    case METER_PASSWORD | METER_ANSWER:
        return print_password_change(decoding, frame);
    case METER_CLEAR_DEMAND:
    case METER_CLEAR:
    case METER_CLEAR_EVENTS:
        return print_clear(decoding, frame);
    case METER_SWITCH:
        return print_switch(decoding, frame);
    case METER_TERMINAL:
    case METER_TERMINAL | METER_ANSWER:
        return print_terminal(frame, chinese);
    default:
        return false;
    }
}

/* Data that begin with an identifier. */
static void print_item_data(const struct decoding *decoding, const struct meter_frame *frame) {
    bool chinese = decoding->options->chinese;
    uint8_t function = frame->control & METER_FUNCTION;
    size_t head = function == METER_WRITE ? WRITE_HEAD : 4;
    size_t tail = function == METER_READ_MORE && frame->length > 4 ? 1 : 0;
    size_t length = frame->length - head - tail;
    uint32_t di = meter_di_get(frame->data);
    if (tail > 0) {
        printf(chinese ? "  帧序号%u" : "  part %u", frame->data[frame->length - 1]);
    }
    print_item(decoding, di, frame->data + head, length);
}

static void print_data(const struct decoding *decoding, const struct meter_frame *frame) {
    uint8_t function = frame->control & METER_FUNCTION;
    bool answer = (frame->control & METER_ANSWER) != 0;
    bool reading = (function == METER_READ || function == METER_READ_MORE) && frame->length >= 4;
    /* A write has password and operator between identifier and data. */
    bool writing = function == METER_WRITE && !answer && frame->length >= WRITE_HEAD;
    if ((frame->control & METER_ABNORMAL) != 0 && frame->length > 0) {
        print_errors(decoding, frame->data[0]);
    } else if (reading || writing) {
        print_item_data(decoding, frame);
    } else if (frame->length > 0 && !print_command(decoding, frame)) {
        print_bytes(decoding, frame);
    }
}

static void got_frame(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *frame) {
    struct decoding *decoding = ctx;
    bool chinese = decoding->options->chinese, answer = (frame->control & METER_ANSWER) != 0;
    char address[METER_ADDRESS_TEXT];
    (void)last_ns;
    decoding->frames++;
    number_mask_address(&decoding->options->mask, frame->address, address);
    printf("%s:%lld  %s %s  %02X %s", decoding->file, (long long)first_ns, answer ? "<" : ">",
           address, frame->control, meter_control_text(frame->control, chinese));
    if ((frame->control & METER_ABNORMAL) != 0) {
        fputs(chinese ? " 异常应答" : " refused", stdout);
    }
    if ((frame->control & METER_MORE) != 0) {
        fputs(chinese ? " 有后续帧" : " more follows", stdout);
    }
    print_data(decoding, frame);
    if (decoding->parser.bare) {
        fputs(chinese ? "  （记录中数据已减33H）" : "  (written without 33H)", stdout);
    }
    putchar('\n');
}

static void got_damage(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                       size_t count) {
    struct decoding *decoding = ctx;
    decoding->damages++;
    printf("%s:%lld  ! %s:", decoding->file, (long long)at_ns,
           meter_damage_text(damage, decoding->options->chinese));
    /* A torn command begins with its second 68: its password is not shown either. */
    bool secret = count > 2 && bytes[0] == 0x68 && has_password(bytes[1]);
    if (decoding->options->mask.on || secret) {
        putchar(' ');
        (secret ? print_hidden(decoding, count) : print_raw(decoding, bytes, count));
        putchar('\n');
        return;
    }
    for (size_t i = 0; i < count && i < 24; i++) {
        printf(" %02X", bytes[i]);
    }
    puts(count > 24 ? " ..." : "");
}

static void take_line(void *ctx, const uint8_t *bytes, size_t length) {
    struct decoding *decoding = ctx;
    text_frames_line(decoding->text, bytes, length);
}

static bool decode_file(struct decoding *decoding, const char *path) {
    struct problem problem;
    decoding->file = path;
    meter_parser_init(&decoding->parser, got_frame, got_damage, decoding);
    decoding->parser.accept_bare = true;
    decoding->text = text_frames_new(&decoding->parser);
    bool fine = meter_text_lines(path, take_line, decoding, &problem);
    text_frames_end(decoding->text);
    if (!fine) {
        cli_complain("%s", problem.text);
    }
    return fine;
}

static int decode_files(const struct meter_options *options, int count, char **names) {
    struct decoding decoding = {.options = options};
    static char standard_input[] = "-";
    char *only[] = {standard_input};
    char **files = count > 0 ? names : only;
    for (int i = 0; i < (count > 0 ? count : 1); i++) {
        if (!decode_file(&decoding, files[i])) {
            return EXIT_USAGE;
        }
    }
    fprintf(stderr, "%lu frames, %lu damaged pieces\n", decoding.frames, decoding.damages);
    if (decoding.frames == 0) {
        cli_complain("no DL/T 645 frame found; write each byte as two hexadecimal digits, "
                     "separated, or run together from 68 or FE on");
        return EXIT_FAIL;
    }
    return EXIT_PASS;
}

static int cli_meter_decode(int argc, char **argv);

const struct command meter_decode_command = {
    .name = "meter decode",
    .what = {"explain the hex text of a line", "解释线上的十六进制文本"},
    .arguments = "[FILE...]",
    .fill = FILL_FILE,
    .least = 0,
    .most = -1,
    .about = {"Takes text in any form and encoding (of terminal programs, logs, dumps, logic "
              "analysers, arrays and literals of programming languages), from standard input when "
              "no file is named, and prints the frames in words.",
              "接受任意形式和编码的文本（终端程序、日志、转储、逻辑分析仪、程序语言的数组和字面量）"
              "，不指定文件时读标准输入，以文字打印各帧。"},
    .groups = {{meter_type_rows, 0},
               {meter_text_rows, 0},
               {cli_mask_rows, offsetof(struct meter_options, mask)}},
    .examples = "pilebench meter decode line.txt",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter_decode,
};

static int cli_meter_decode(int argc, char **argv) {
    struct meter_options options;
    struct command_given given;
    int code;
    return meter_parse(&meter_decode_command, argc, argv, &options, &given, &code)
               ? decode_files(&options, given.count, given.words)
               : code;
}

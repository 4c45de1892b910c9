/* SPDX-License-Identifier: MIT */
/* pilebench meter decode: hex text of a line, whatever wrote it, to words. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "meter/text/frames.h"

#include <string.h>

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

static void print_item(const struct decoding *decoding, uint32_t di, const uint8_t *data,
                       size_t length) {
    enum meter_type type = decoding->options->type;
    const struct meter_item *item = meter_item(type, di);
    char text[64];
    printf("  %08X", di);
    if (item == NULL) {
        fputs(decoding->options->chinese ? " 未知数据标识" : " unknown item", stdout);
    } else {
        printf(" %s", decoding->options->chinese ? item->zh : item->en);
    }
    if (item != NULL && item->kind != METER_BLOCK && length == item->bytes) {
        number_mask_item(&decoding->options->mask, item, data, text, sizeof text);
        printf(" = %s", text);
    } else if (item != NULL && item->kind == METER_BLOCK && length % item->bytes == 0) {
        for (size_t at = 0; at < length; at += item->bytes) {
            number_mask_item(&decoding->options->mask, item, data + at, text, sizeof text);
            printf("%s%s", at == 0 ? " = " : ", ", text);
        }
    } else if (length > 0) {
        printf(" = ");
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

/* An address, or bytes as they are, highest first. */
static void print_bytes(const struct decoding *decoding, const struct meter_frame *frame) {
    const struct number_mask *mask = &decoding->options->mask;
    uint8_t function = frame->control & METER_FUNCTION;
    char address[METER_ADDRESS_TEXT];
    printf("  ");
    if ((function == METER_READ_ADDRESS || function == METER_WRITE_ADDRESS) && frame->length == 6) {
        number_mask_address(mask, frame->data, address);
        fputs(address, stdout);
    } else if (mask->on) {
        print_raw(decoding, frame->data, frame->length);
    } else {
        for (size_t i = frame->length; i-- > 0;) {
            printf("%02X", frame->data[i]);
        }
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
    case METER_SWITCH:
        if (frame->length == 16) {
            printf(chinese ? "  %02XH %s，有效至" : "  %02XH %s, valid until ", frame->data[8],
                   switch_text(frame->data[8], chinese));
            print_time(frame->data + 10);
        }
        return frame->length == 16;
    default:
        return false;
    }
}

/* Data that begin with an identifier. */
static void print_item_data(const struct decoding *decoding, const struct meter_frame *frame) {
    bool chinese = decoding->options->chinese;
    uint8_t function = frame->control & METER_FUNCTION;
    size_t head = function == METER_WRITE && frame->length >= 12 ? 12 : 4;
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
    bool reading = function == METER_READ || function == METER_READ_MORE;
    /* A write has password and operator between identifier and data. */
    size_t least = function == METER_WRITE && decoding->options->mask.on ? 12 : 4;
    if ((frame->control & METER_ABNORMAL) != 0 && frame->length > 0) {
        print_errors(decoding, frame->data[0]);
    } else if ((reading || (function == METER_WRITE && (frame->control & METER_ANSWER) == 0)) &&
               frame->length >= least) {
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
    if (decoding->options->mask.on) {
        putchar(' ');
        print_raw(decoding, bytes, count);
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

int cli_meter_decode(const struct meter_options *options, int argc, char **argv) {
    struct decoding decoding = {.options = options};
    static char standard_input[] = "-";
    char *only[] = {standard_input};
    char **files = argc > 0 ? argv : only;
    for (int i = 0; i < (argc > 0 ? argc : 1); i++) {
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

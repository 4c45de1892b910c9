/* SPDX-License-Identifier: MIT */
/* pilebench meter decode: hex text of a line, whatever wrote it, to words. */
#include "harness/cli.h"
#include "harness/cli_meter.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 65536

struct decoding {
    const struct meter_options *options;
    struct meter_parser parser;
    const char *file;
    int64_t line; /* stands for the time of a byte: a log has no pauses to go by */
    unsigned long frames, damages;
};

static void print_item(const struct decoding *decoding, uint32_t di, const uint8_t *data,
                       size_t length) {
    enum meter_type type = decoding->options->type;
    const struct meter_item *item = meter_item(type, di);
    char text[64];
    printf("  %08X", di);
    if (item == NULL) {
        printf(" unknown item");
    } else {
        printf(" %s", decoding->options->chinese ? item->zh : item->en);
    }
    if (item != NULL && item->kind != METER_BLOCK && length == item->bytes) {
        meter_item_print(item, data, text, sizeof text);
        printf(" = %s", text);
    } else if (item != NULL && item->kind == METER_BLOCK && length % item->bytes == 0) {
        for (size_t at = 0; at < length; at += item->bytes) {
            meter_item_print(item, data + at, text, sizeof text);
            printf("%s%s", at == 0 ? " = " : ", ", text);
        }
    } else if (length > 0) {
        printf(" = ");
        for (size_t i = 0; i < length; i++) {
            printf("%02X ", data[i]);
        }
        printf("(lowest byte first)");
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

static void print_data(const struct decoding *decoding, const struct meter_frame *frame) {
    uint8_t function = frame->control & METER_FUNCTION;
    bool reading = function == METER_READ || function == METER_READ_MORE;
    if ((frame->control & METER_ABNORMAL) != 0 && frame->length > 0) {
        print_errors(decoding, frame->data[0]);
    } else if ((reading || (function == METER_WRITE && (frame->control & METER_ANSWER) == 0)) &&
               frame->length >= 4) {
        size_t head = function == METER_WRITE && frame->length >= 12 ? 12 : 4;
        print_item(decoding, meter_di_get(frame->data), frame->data + head, frame->length - head);
    } else if (frame->length > 0) {
        printf("  ");
        for (size_t i = frame->length; i-- > 0;) {
            printf("%02X", frame->data[i]);
        }
    }
}

static void got_frame(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *frame) {
    struct decoding *decoding = ctx;
    bool chinese = decoding->options->chinese, answer = (frame->control & METER_ANSWER) != 0;
    char address[METER_ADDRESS_TEXT];
    (void)last_ns;
    decoding->frames++;
    meter_address_to_text(frame->address, address);
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
        fputs(chinese ? "  (记录中数据已减33H)" : "  (written without 33H)", stdout);
    }
    putchar('\n');
}

static void got_damage(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                       size_t count) {
    struct decoding *decoding = ctx;
    decoding->damages++;
    printf("%s:%lld  ! %s:", decoding->file, (long long)at_ns,
           meter_damage_text(damage, decoding->options->chinese));
    for (size_t i = 0; i < count && i < 24; i++) {
        printf(" %02X", bytes[i]);
    }
    puts(count > 24 ? " ..." : "");
}

/* A word of hex digits, two a byte; longer ones only when they look like a frame or stand behind one,
 * so that a time or a count in the log is not taken for bytes. */
static bool is_bytes(const char *word, size_t length, bool *inside) {
    if (length < 2 || length % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!isxdigit((unsigned char)word[i])) {
            return false;
        }
    }
    *inside = *inside || strncmp(word, "68", 2) == 0 || strncasecmp(word, "FE", 2) == 0;
    return length == 2 || *inside;
}

static void feed_line(struct decoding *decoding, char *line) {
    bool inside = false;
    for (char *word = strtok(line, " \t\r\n,;[]\""); word != NULL;
         word = strtok(NULL, " \t\r\n,;[]\"")) {
        size_t length = strlen(word);
        if (length > 2 && strncasecmp(word, "0x", 2) == 0) {
            word += 2;
            length -= 2;
        }
        if (length == 3 && toupper((unsigned char)word[2]) == 'H') {
            length = 2;
        }
        if (!is_bytes(word, length, &inside)) {
            continue;
        }
        for (size_t i = 0; i < length; i += 2) {
            char digits[3] = {word[i], word[i + 1], '\0'};
            meter_parser_byte(&decoding->parser, decoding->line,
                              (uint8_t)strtoul(digits, NULL, 16));
        }
    }
}

static bool decode_file(struct decoding *decoding, const char *path) {
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *line = malloc(LINE_BYTES);
    if (file == NULL || line == NULL) {
        cli_complain("%s: %s", path, strerror(errno));
        free(line);
        return false;
    }
    decoding->file = path;
    decoding->line = 0;
    meter_parser_init(&decoding->parser, got_frame, got_damage, decoding);
    decoding->parser.accept_bare = true;
    decoding->parser.gap_ns = INT64_MAX;
    while (fgets(line, LINE_BYTES, file) != NULL) {
        decoding->line++;
        feed_line(decoding, line);
    }
    meter_parser_end(&decoding->parser);
    bool fine = ferror(file) == 0;
    if (!fine) {
        cli_complain("%s: %s", path, strerror(errno));
    }
    if (file != stdin) {
        fclose(file);
    }
    free(line);
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
        cli_complain("no frame of DL/T 645 in it: bytes are written as two hex digits each, "
                     "apart, or together from 68 or FE on");
        return EXIT_FAIL;
    }
    return EXIT_PASS;
}

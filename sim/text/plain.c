/* SPDX-License-Identifier: MIT */
#include "sim/text/plain.h"

#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <stdlib.h>

static void put(FILE *stream, const char *text, bool line_ends) {
    struct buffer plain = {0};
    buffer_put_plain(&plain, text, line_ends);
    fwrite(plain.chars != NULL ? plain.chars : "", 1, plain.length, stream);
    buffer_free(&plain);
}

void plain_vline(FILE *stream, const char *format, va_list arguments) {
    struct buffer text = {0};
    buffer_vformat(&text, format, arguments);
    put(stream, text.chars, false);
    fputc('\n', stream);
    buffer_free(&text);
}

void plain_line(FILE *stream, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    plain_vline(stream, format, arguments);
    va_end(arguments);
}

void plain_print(FILE *stream, const char *format, ...) {
    struct buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    buffer_vformat(&text, format, arguments);
    va_end(arguments);
    put(stream, text.chars, true);
    buffer_free(&text);
}

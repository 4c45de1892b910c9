/* SPDX-License-Identifier: MIT */
#include "sim/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory) {
    if (memory == NULL) {
        fputs("pilebench: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *memory_zeroed(size_t count, size_t size) {
    return checked(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *memory_resized(void *memory, size_t count, size_t size) {
    if (size > 0 && count > SIZE_MAX / size) {
        checked(NULL);
    }
    size_t bytes = count * size;
    return checked(realloc(memory, bytes > 0 ? bytes : 1));
}

char *memory_copy(const char *text) {
    return text == NULL ? NULL : checked(strdup(text));
}

char *memory_format(const char *format, ...) {
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return length < 0 ? checked(NULL) : text;
}

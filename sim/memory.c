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

/* Asked before the allocator is: a sanitizer's ends the program in its own words. */
static void check_product(size_t count, size_t size) {
    if (size > 0 && count > SIZE_MAX / size) {
        checked(NULL);
    }
}

void *memory_zeroed(size_t count, size_t size) {
    check_product(count, size);
    return checked(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *memory_resized(void *memory, size_t count, size_t size) {
    check_product(count, size);
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

/* SPDX-License-Identifier: MIT */
#include "harness/capture/source/source.h"
#include "tests/harness/capture/support/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

START_TEST(lines_with_all_ends) {
    static const char text[] = "a\nb\r\nc\rd\r\r\n\n\re";
    static const char *const lines[] = {"a", "b", "c", "d", "", "", "e"};
    struct source *source = source_memory((const uint8_t *)text, sizeof text - 1);
    size_t length;
    bool too_long;
    for (int i = 0; i < 7; i++) {
        const char *line = source_line(source, &length, &too_long);
        ck_assert_ptr_nonnull(line);
        ck_assert_str_eq(line, lines[i]);
        ck_assert_uint_eq(length, strlen(lines[i]));
        ck_assert(!too_long);
        ck_assert_uint_eq(source_line_number(source), (uint64_t)i + 1);
    }
    ck_assert(source_cut(source));
    ck_assert_ptr_null(source_line(source, &length, &too_long));
    source_close(source);
}
END_TEST

/* Ends that the buffer's end tears: lines of all lengths over several buffers. */
START_TEST(lines_over_the_end_of_the_buffer) {
    enum {
        LINES = 30000
    };
    size_t size = 0, length;
    char *text = malloc(LINES * 64);
    for (int i = 0; i < LINES; i++) {
        size += (size_t)sprintf(text + size, "%0*d%s", i % 53 + 5, i, i % 3 ? "\r\n" : "\n");
    }
    struct source *source = source_memory((const uint8_t *)text, size);
    for (int i = 0; i < LINES; i++) {
        const char *line = source_line(source, &length, NULL);
        ck_assert_ptr_nonnull(line);
        ck_assert_int_eq(atoi(line), i);
        ck_assert_uint_eq(length, (size_t)(i % 53 + 5));
    }
    ck_assert_ptr_null(source_line(source, &length, NULL));
    ck_assert(!source_cut(source));
    source_close(source);
    free(text);
}
END_TEST

START_TEST(lines_at_the_limit) {
    static const size_t sizes[] = {SOURCE_LINE_MAX - 1, SOURCE_LINE_MAX, SOURCE_LINE_MAX + 1,
                                   SOURCE_LINE_MAX + 2, 1000000};
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    for (size_t k = 0; k < 5; k++) {
        for (int e = 0; e < 3; e++) {
            char *text = malloc(sizes[k] + 16);
            size_t length;
            bool too_long;
            memset(text, 'x', sizes[k]);
            sprintf(text + sizes[k], "%sy%s", ends[e], ends[e]);
            struct source *source = source_memory((const uint8_t *)text, strlen(text));
            ck_assert_ptr_nonnull(source_line(source, &length, &too_long));
            ck_assert_int_eq(too_long, sizes[k] > SOURCE_LINE_MAX);
            ck_assert_uint_eq(length, too_long ? SOURCE_LINE_MAX : sizes[k]);
            const char *line = source_line(source, &length, &too_long);
            ck_assert_ptr_nonnull(line);
            ck_assert_str_eq(line, "y");
            ck_assert_uint_eq(source_line_number(source), 2);
            ck_assert(!source_cut(source));
            source_close(source);
            free(text);
        }
    }
}
END_TEST

START_TEST(a_line_that_is_too_long_and_never_ends) {
    char *text = malloc(300000);
    size_t length;
    bool too_long;
    memset(text, '\r', 300000);
    memset(text, 'x', 299999);
    struct source *source = source_memory((const uint8_t *)text, 299999);
    ck_assert_ptr_nonnull(source_line(source, &length, &too_long));
    ck_assert(too_long);
    ck_assert_ptr_null(source_line(source, &length, &too_long));
    ck_assert(source_cut(source));
    source_close(source);
    /* A CR as the very last byte: only the end of the file says what it is. */
    source = source_memory((const uint8_t *)text, 300000);
    ck_assert_ptr_nonnull(source_line(source, &length, &too_long));
    ck_assert_ptr_null(source_line(source, &length, &too_long));
    ck_assert(!source_cut(source));
    source_close(source);
    free(text);
}
END_TEST

START_TEST(bytes_exactly) {
    uint8_t data[600000], out[1000];
    size_t size;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7 + i / 256);
    }
    struct source *source = source_memory(data, sizeof data);
    ck_assert_ptr_nonnull(source_peek(source, &size));
    ck_assert_uint_eq(size, SOURCE_SNIFF);
    ck_assert(!source_more(source));
    for (size_t i = 0; i < sizeof data; i += sizeof out) {
        ck_assert_uint_eq(source_read(source, out, sizeof out), sizeof out);
        ck_assert_mem_eq(out, data + i, sizeof out);
    }
    ck_assert_uint_eq(source_read(source, out, 1), 0);
    ck_assert(!source_cut(source));
    source_close(source);
    source = source_memory(data, 10);
    ck_assert_uint_eq(source_read(source, out, 16), 10);
    ck_assert(source_cut(source));
    source_close(source);
}
END_TEST

START_TEST(peeking_consumes_nothing) {
    struct source *source = source_memory((const uint8_t *)"one\ntwo\n", 8);
    size_t size, length;
    ck_assert_mem_eq(source_peek(source, &size), "one\ntwo\n", 8);
    ck_assert_uint_eq(size, 8);
    ck_assert_str_eq(source_line(source, &length, NULL), "one");
    ck_assert_mem_eq(source_peek(source, &size), "two\n", 4);
    ck_assert_uint_eq(size, 4);
    ck_assert_str_eq(source_line(source, &length, NULL), "two");
    source_peek(source, &size);
    ck_assert_uint_eq(size, 0);
    source_close(source);
}
END_TEST

START_TEST(byte_order_marks) {
    static const struct {
        const char *data;
        size_t size;
        const char *line;
        bool utf16;
    } cases[] = {
        {"\xEF\xBB\xBFxy\n", 6, "xy", false},
        {"\xFF\xFEx\0\x27\x5E\n\0", 8, "x帧", true},
        {"\xFE\xFF\0x\x5E\x27\0\n", 8, "x帧", true},
        {"\xFF\xFE\x3D\xD8\x0A\xDE\n\0", 8, "\xF0\x9F\x98\x8A", true} /* a pair of surrogates */,
        {"\xFF\xFE\x3D\xD8x\0\n\0", 8, "\xEF\xBF\xBDx", true}, /* half a pair */
        {"\xFF\xFE\x0A\xDEx\0\n\0", 8, "\xEF\xBF\xBDx", true},
        {"\xEFxy\n", 4, "\xEFxy", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length;
        struct source *source = source_memory((const uint8_t *)cases[i].data, cases[i].size);
        const char *line = source_line(source, &length, NULL);
        ck_assert_ptr_nonnull(line);
        ck_assert_str_eq(line, cases[i].line);
        ck_assert_int_eq(source_utf16(source), cases[i].utf16);
        ck_assert_ptr_null(source_line(source, &length, NULL));
        source_close(source);
    }
}
END_TEST

/* A socket of packets: each read gives one byte. */
/* Several times the buffer, and characters of two units over its ends. */
START_TEST(utf16_longer_than_the_buffer) {
    enum {
        LINES = 40000
    };
    size_t size = 2, length;
    uint8_t *text = malloc(LINES * 64);
    memcpy(text, "\xFF\xFE", 2);
    for (int i = 0; i < LINES; i++) {
        char line[16];
        int count = snprintf(line, sizeof line, "%0*d", i % 7 + 5, i);
        for (int k = 0; k < count; k++) {
            text[size++] = (uint8_t)line[k];
            text[size++] = 0;
        }
        memcpy(text + size, "\x3D\xD8\x0B\xDD\x1F\x5E\n\0", 8); /* U+1F50B, U+5E1F */
        size += 8;
    }
    struct source *source = source_memory(text, size);
    for (int i = 0; i < LINES; i++) {
        const char *line = source_line(source, &length, NULL);
        ck_assert_ptr_nonnull(line);
        ck_assert_int_eq(atoi(line), i);
        ck_assert_uint_eq(length, (size_t)(i % 7 + 5) + 7);
        ck_assert_str_eq(line + length - 7, "\xF0\x9F\x94\x8B\xE5\xB8\x9F");
    }
    ck_assert_ptr_null(source_line(source, &length, NULL));
    source_close(source);
    free(text);
}
END_TEST

START_TEST(utf16_that_arrives_byte_by_byte) {
    static const char bytes[] = "\xFF\xFE\x61\0\x27\x5E\x62\0\n\0";
    int ends[2], standard_input = dup(STDIN_FILENO);
    struct problem problem;
    size_t length;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    for (size_t i = 0; i < 10; i++) {
        ck_assert_int_eq(write(ends[1], bytes + i, 1), 1);
    }
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    struct source *source = source_open("-", &problem);
    ck_assert_ptr_nonnull(source);
    ck_assert_str_eq(source_line(source, &length, NULL), "a帧b");
    ck_assert_ptr_null(source_line(source, &length, NULL));
    source_close(source);
    dup2(standard_input, STDIN_FILENO);
    close(standard_input);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("source");
    tcase_add_test(cases, lines_with_all_ends);
    tcase_add_test(cases, lines_over_the_end_of_the_buffer);
    tcase_add_test(cases, lines_at_the_limit);
    tcase_add_test(cases, a_line_that_is_too_long_and_never_ends);
    tcase_add_test(cases, bytes_exactly);
    tcase_add_test(cases, peeking_consumes_nothing);
    tcase_add_test(cases, byte_order_marks);
    tcase_add_test(cases, utf16_that_arrives_byte_by_byte);
    tcase_add_test(cases, utf16_longer_than_the_buffer);
    return run_suite("source", cases);
}

/* SPDX-License-Identifier: MIT */
/* Frames in text as programs write it: every row is a form, with the frames that have to be found and
 * the damage that has to be told. Dumps are as xxd, hexdump, od and Wireshark print them. */
#include "meter/text/frames.h"

#include "tests/support/suite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Q: a request, A and V: its answers of 20 and 18 bytes. */
static const uint8_t request[] = {0x68, 0x25, 0,    0,    0,    0,    0,    0x68,
                                  0x11, 0x04, 0x33, 0x33, 0x34, 0x33, 0xD7, 0x16};
static const uint8_t energy[] = {0x68, 0x25, 0,    0,    0,    0,    0,    0x68, 0x91, 0x08,
                                 0x33, 0x33, 0x34, 0x33, 0x9A, 0x78, 0x56, 0x33, 0xF6, 0x16};
static const uint8_t voltage[] = {0x68, 0x25, 0,    0,    0,    0,    0,    0x68, 0x91,
                                  0x06, 0x33, 0x34, 0x34, 0x35, 0x38, 0xA8, 0x3C, 0x16};

/* ---- what was found, as text: "Q A!" is a request, an answer, a damaged piece ---- */

static char found[4096];

static void add(char letter) {
    size_t length = strlen(found);
    ck_assert_uint_lt(length + 1, sizeof found);
    found[length] = letter;
    found[length + 1] = '\0';
}

static void got_frame(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *frame) {
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    size_t count = meter_frame_encode(frame, bytes);
    (void)ctx;
    ck_assert_int_le(first_ns, last_ns);
    add(count == sizeof request && memcmp(bytes, request, count) == 0   ? 'Q'
        : count == sizeof energy && memcmp(bytes, energy, count) == 0   ? 'A'
        : count == sizeof voltage && memcmp(bytes, voltage, count) == 0 ? 'V'
                                                                        : '?');
}

static void got_damage(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                       size_t count) {
    (void)ctx, (void)at_ns, (void)damage, (void)bytes, (void)count;
    add('!');
}

static void find(const char *text, size_t size) {
    struct meter_parser parser;
    found[0] = '\0';
    meter_parser_init(&parser, got_frame, got_damage, NULL);
    parser.accept_bare = true;
    struct text_frames *frames = text_frames_new(&parser);
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end != NULL ? (size_t)(end - text) : size;
        text_frames_line(frames, (const uint8_t *)text, length);
        length += end != NULL;
        text += length;
        size -= length;
    }
    text_frames_end(frames);
}

static void expect(const char *text, const char *frames) {
    find(text, strlen(text));
    ck_assert_msg(strcmp(found, frames) == 0, "found %s instead of %s in\n%s", found, frames, text);
}

/* ---- bytes in a form ---- */

struct text {
    char chars[8192];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length =
        vsnprintf(text->chars + text->length, sizeof text->chars - text->length, format, arguments);
    va_end(arguments);
    ck_assert_int_ge(length, 0);
    text->length += (size_t)length;
    ck_assert_uint_lt(text->length, sizeof text->chars);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Each byte in a format for one unsigned, a separator between them. */
static void put_bytes(struct text *text, const uint8_t *bytes, size_t count, const char *format,
                      const char *separator) {
    for (size_t i = 0; i < count; i++) {
        put(text, "%s", i > 0 ? separator : "");
        put(text, format, (unsigned)bytes[i]);
    }
}

static void put_line(struct text *text, const char *format, const uint8_t *bytes, size_t count) {
    struct text line = {.length = 0};
    put_bytes(&line, bytes, count, "%02X", " ");
    put(text, format, line.chars);
    put(text, "\n");
}

#pragma GCC diagnostic pop

/* How programs and languages write bytes: before all, each, between, behind all. */
static const struct {
    const char *before, *each, *between, *behind;
} forms[] = {
    {"", "%02X", " ", ""},
    {"", "%02x", "", ""},
    {"", "%02X", "\t", ""},
    {"", "%02X", "-", ""},
    {"", "%02x", ":", ""},
    {"", "%02X", ".", ""},
    {"", "%02X", "_", ""},
    {"", "%02X", "|", ""},
    {"", "%02X", "/", ""},
    {"", "%02X", ";", ""},
    {"", "%02X", ",", ""},
    {"", "%02X", "\n", ""},
    {"", "%02X", "\n\n", "\n"},
    {"[", "%02X", "][", "]"},
    {"{", "%02X", "}{", "}"},
    {"<", "%02X", "><", ">"},
    {"(", "%02X", ") (", ")"},
    {"<b>", "%02X", "</b><b>", "</b>"},
    {"", "%02X", "\xE3\x80\x80", ""},    /* wide blanks */
    {"", "%02X", "\xC2\xA0", ""},        /* blanks that do not break */
    {"", "%02X", "\xE2\x80\x8B", ""},    /* without width */
    {"", "%02X", "\xEF\xBC\x8C", ""},    /* full-width commas */
    {"\xEF\xBB\xBF", "%02X", " ", "\r"}, /* with a mark and CR LF */
    {"<Buffer ", "%02x", " ", ">"},      /* Node.js */
    {"b := []byte{", "0x%02x", ", ", "}"},
    {"uint8_t v[] = {", "0x%02X", ",", "};"},
    {"", "0x%02X", "", ""},
    {"", "0x%02xu8", ", ", ""},
    {"", "0x%02XU", ", ", ""},
    {"[", "0x%x", ", ", "]"},
    {"", "%x", " ", ""},
    {"[", "%x", ", ", "]"},
    {"b'", "\\x%02x", "", "'"},
    {"const char *f = \"", "\\x%02X", "", "\";"},
    {"", "\\x%02x", " ", ""},
    {"printf '", "\\%03o", "", "' >/dev/ttyUSB0"},
    {"{\"d\": \"", "\\u00%02x", "", "\"}"},
    {"db ", "0%02XH", ", ", ""},
    {"", "%02XH", " ", ""},
    {"", "%02Xh", "", ""},
    {"", "$%02X", ", ", ""},
    {"", "&H%02X", ", ", ""},
    {"", "8'h%02X", ", ", ""},
    {"", "16#%02X", ", ", ""},
    {"(", "16#%02X#", ", ", ")"},
    {"", "%%%02X", "", ""},
    {"'(", "#x%02X", " ", ")"},
    {"x\"", "%02X", "", "\""},
    {"0x", "%02x", "", ""},
    {"data=", "%02x", "", "&len=20"},
    {"20:", "%02x", "", ""},
    {"TX[", "%02X", "", "]"},
    {"[\"", "%02X", "\", \"", "\"]"},
    {"[\"", "0x%02x", "\",\"", "\"]"},
    {"{\"type\":\"Buffer\",\"data\":[", "%u", ",", "]}"},
    {"{\n  \"id\": 12,\n  \"data\": [\n    ", "%u", ",\n    ", "\n  ]\n}"},
    {"recv: [", "%u", " ", "]"},
    {"<<", "%u", ",", ">>"},
    {"bytes:\n  - ", "%u", "\n  - ", "\n"},
    {"bytes:\n  - ", "0x%02x", "\n  - ", "\n"},
    {"", "%u", "\n", ""},
    {"{\"ts\":\"2024-01-02T10:11:12.345Z\",\"raw\":\"", "%02X", " ", "\\r\\n\",\"n\":20}"},
};

START_TEST(bytes_of_any_language) {
    struct text text = {.length = 0};
    put(&text, "%s", forms[_i].before);
    put_bytes(&text, energy, sizeof energy, forms[_i].each, forms[_i].between);
    put(&text, "%s", forms[_i].behind);
    expect(text.chars, "A");
    put(&text, "\n%s", forms[_i].before);
    put_bytes(&text, voltage, sizeof voltage, forms[_i].each, forms[_i].between);
    put(&text, "%s", forms[_i].behind);
    expect(text.chars, "AV");
}
END_TEST

/* What stands around the bytes of a line; never bytes themselves, in one line or in two. */
static const char *const lines[] = {
    "%s",
    "10:11:12 %s",
    "[10:11:12.345] %s",
    "10:11:12,345 RX %s",
    "10:11:12:345 %s",
    "10:11:12:34 %s",
    "10:11 %s",
    "2014-11-28 10:38:15 %s",
    "2014-11-28T10:38:15.123Z %s",
    "2014-11-28T10:38:15+08:00 %s",
    "[2014-11-28_10:38:15] %s",
    "11/28/2014 10:38:15 AM %s",
    "28.11.2014 10:38:15 %s",
    "14/11/28 10:38:15 %s",
    "11-28 10:38:15.123  1234  5678 D Serial: %s",
    "Nov 28 10:38:15 host app[1234]: %s",
    "20141128 101112.345 %s",
    "20141128_101112 %s",
    "101112 %s",
    "1700000000.123456 %s",
    "12.345678 %s",
    "+16ms %s",
    "%s  10:11:12",
    "%s  2014-11-28 10:38:15",
    "%s [10:11:12.345]",
    "%s 12.345",
    "%s (12)",
    "%s 12 bytes",
    "RX: %s",
    "RX:%s",
    "RX=%s",
    "RX->%s",
    "RX%s",
    "10:11:12 RX%s",
    "%sOK",
    "UART2 RX: %s",
    "[16] RX(12): %s",
    "RX 12 bytes: %s",
    "COM12: %s",
    "/dev/ttyUSB0 < %s",
    "<- %s",
    "12 %s",
    "12. %s",
    "(12) %s",
    "[ 12%%] %s",
    "main.c:16: %s",
    "main.c:68 %s",
    "v1.12.3 %s",
    "192.168.10.12:8899 -> %s",
    "/192.168.10.12:8899 recv 12: %s",
    "INFO 12 --- [main-12] c.a.B : %s",
    "12\t10:11:12\tRX\t20\t%s",
    "12\t0.00012\tapp.exe\tIRP_MJ_READ\tSerial0\tSUCCESS\tLength 12: %s",
    "12,0.123456,RX,20,%s",
    "\"12\",\"10:11:12\",\"%s\"",
    "| 12 | `%s` |",
    "<td>12</td><td>%s</td>",
    "\"%s\\r\\n\"",
    "\x1b[32m%s\x1b[0m",
    "\x1b[0;32mI (12345) uart: %s\x1b[0m",
    "0x20001000: %s",
    "0x20001000 <buf+16>:\t%s",
    "0010| %s",
    "%s // 12 bytes",
    "    %s, /* 12 */",
    "%s # 12",
    "\xE6\x94\xB6\xE2\x86\x90\xE2\x97\x86%s", /* SSCOM */
    "\xE6\x94\xB6\xE5\x88\xB0"
    "12\xE5\xAD\x97\xE8\x8A\x82\xEF\xBC\x9A%s", /* UTF-8 */
    "10\xE6\x97\xB6"
    "11\xE5\x88\x86"
    "12\xE7\xA7\x92 %s\xE3\x80\x82",
    "\xCA\xD5\xB5\xBD"
    "12\xD7\xD6\xBD\xDA\xA3\xBA%s", /* GBK */
    "\xBD\xD3\xCA\xD5%s\xCD\xEA",
    "\x81\x39\xEE\x39%s", /* GB 18030, four bytes */
    "\xE9%s\xB0",         /* some other page of characters */
};

START_TEST(words_around_the_bytes) {
    struct text text = {.length = 0};
    put_line(&text, lines[_i], request, sizeof request);
    put_line(&text, lines[_i], energy, sizeof energy);
    expect(text.chars, "QA");
}
END_TEST

/* A frame that came in two reads. The first ends behind its second 68, as a UART with a buffer of
 * eight bytes cuts it. */
START_TEST(a_frame_goes_on_in_the_next_line) {
    struct text text = {.length = 0};
    put_line(&text, lines[_i], energy, 8);
    put_line(&text, lines[_i], energy + 8, sizeof energy - 8);
    expect(text.chars, "A");
}
END_TEST

/* A terminal breaks lines where they end, in the middle of a byte as well. */
START_TEST(lines_are_wrapped_anywhere) {
    struct text whole = {.length = 0}, text = {.length = 0};
    const char *between = _i % 2 == 0 ? "" : " ";
    size_t width = 19 + (size_t)_i / 2;
    put(&whole, "[10:11:12.345] RX: ");
    put_bytes(&whole, energy, sizeof energy, "%02X", between);
    put(&whole, "%s", between);
    put_bytes(&whole, voltage, sizeof voltage, "%02X", between);
    for (size_t at = 0; at < whole.length; at += width) {
        put(&text, "%.*s\n", (int)width, whole.chars + at);
    }
    expect(text.chars, "AV");
}
END_TEST

/* Whole texts. */
static const struct {
    const char *text, *frames;
} texts[] = {
    {/* xxd */
     "00000000: 6825 0000 0000 0068 9108 3333 3433 9a78  h%.....h..3343.x\n"
     "00000010: 5633 f616                                V3..\n",
     "A"},
    {/* a column of characters that is not quite theirs */
     "00000000: 6825 0000 0000 0068 9108 3333 3433 9a78  h%....h...\n"
     "00000010: 5633 f616  xV3.\n",
     "A"},
    {/* xxd -e */
     "00000000: 00002568 68000000 33330891 789a3334  h%.....h..3343.x\n"
     "00000010: 16f63356 00002568 68000000 34330691  V3..h%.....h..34\n"
     "00000020: a8383534     163c                    458.<.\n",
     "AV"},
    {/* xxd -i */
     "  0x68, 0x25, 0x00, 0x00, 0x00, 0x00, 0x00, 0x68, 0x91, 0x08, 0x33, 0x33,\n"
     "  0x34, 0x33, 0x9a, 0x78, 0x56, 0x33, 0xf6, 0x16\n",
     "A"},
    {/* hexdump -C */
     "00000000  68 25 00 00 00 00 00 68  91 08 33 33 34 33 9a 78  |h%.....h..3343.x|\n"
     "00000010  56 33 f6 16 68 25 00 00  00 00 00 68 91 06 33 34  |V3..h%.....h..34|\n"
     "00000020  34 35 38 a8 3c 16                                 |458.<.|\n"
     "00000026\n",
     "AV"},
    {/* hexdump */
     "0000000 2568 0000 0000 6800 0891 3333 3334 789a\n"
     "0000010 3356 16f6 2568 0000 0000 6800 0691 3433\n"
     "0000020 3534 a838 163c\n0000026\n",
     "AV"},
    {/* od -t x1, od -t u1, od -t d1 */
     "0000000 68 25 00 00 00 00 00 68 91 08 33 33 34 33 9a 78\n0000020 56 33 f6 16\n0000024\n"
     "0000000 104  37   0   0   0   0   0 104 145   8  51  51  52  51 154 120\n"
     "0000020  86  51 246  22\n0000024\n"
     "0000000  104   37    0    0    0    0    0  104 -111    8   51   51   52   51 -102  120\n"
     "0000020   86   51  -10   22\n0000024\n",
     "AAA"},
    {/* Wireshark: follow stream as hex, both sides; the bytes of a packet; C arrays */
     "00000000  68 25 00 00 00 00 00 68  11 04 33 33 34 33 d7 16   h%.....h ..3343..\n"
     "    00000000  68 25 00 00 00 00 00 68  91 08 33 33 34 33 9a 78   h%.....h ..3343.x\n"
     "    00000010  56 33 f6 16                                        V3..\n"
     "0000   68 25 00 00 00 00 00 68 91 08 33 33 34 33 9a 78   h%.....h..3343.x\n"
     "0010   56 33 f6 16                                       V3..\n"
     "char peer0_0[] = { /* Packet 12 */\n0x68, 0x25, 0x00, 0x00, 0x00, 0x00, 0x00, 0x68, \n"
     "0x91, 0x08, 0x33, 0x33, 0x34, 0x33, 0x9a, 0x78, \n0x56, 0x33, 0xf6, 0x16 };\n",
     "QAAA"},
    {/* a serial port monitor: characters, no addresses */
     " 68 25 00 00 00 00 00 68 91 08 33 33 34 33 9a 78   h%.....h..3343.x\n"
     " 56 33 f6 16                                       V3..\n",
     "A"},
    {/* debug */
     "0B5E:0100  68 25 00 00 00 00 00 68-91 08 33 33 34 33 9A 78   h%.....h..3343.x\n"
     "0B5E:0110  56 33 F6 16                                       V3..\n",
     "A"},
    {/* tcpdump -X; characters that are digits */
     "\t0x0000:  6825 0000 0000 0068 9108 3333 3433 9a78  h%.....h..3343.x\n"
     "\t0x0010:  5633 f616                                V3..\n",
     "A"},
    {/* gdb */
     "0x20001000 <buf>:\t0x68\t0x25\t0x00\t0x00\t0x00\t0x00\t0x00\t0x68\n"
     "0x20001008 <buf+8>:\t0x91\t0x08\t0x33\t0x33\t0x34\t0x33\t0x9a\t0x78\n"
     "0x20001010 <buf+16>:\t0x56\t0x33\t0xf6\t0x16\n",
     "A"},
    {/* addresses of two digits, of decimal ones */
     "00: 68 25 00 00 00 00 00 68\n08: 91 08 33 33 34 33 9A 78\n10: 56 33 F6 16\n"
     "0: 68 25 00 00 00 00 00 68 91 08\n10: 33 33 34 33 9A 78 56 33 F6 16\n",
     "AA"},
    {/* Python, Go: printable bytes as characters */
     "b'h%\\x00\\x00\\x00\\x00\\x00h\\x91\\x083343\\x9axV3\\xf6\\x16'\n"
     "\"h%\\x00\\x00\\x00\\x00\\x00h\\x91\\x08334\\x33\\x9axV3\\xf6\\x16\"\n"
     "printf '\\x68\\x25\\0\\0\\0\\0\\0\\x68\\x91\\x08334\\63\\x9A\\x78\\x56\\x33\\xF6\\x16'\n",
     "AAA"},
    {"[104, 37, 0, 0, 0, 0, 0, 104, -111, 8, 51, 51, 52, 51, -102, 120, 86, 51, -10, 22]", "A"},
    {/* written field by field, with remarks */
     "68 // start\n25 00 00 00 00 00 // address 000000000025\n68 91 // control 0x91\n"
     "08 // length 8\n33 33 34 33 9A 78 56 33 // data\nF6 // sum\n16 // end\n",
     "A"},
    {"start 68 addr 25 00 00 00 00 00 start 68 ctl 91 len 08 data 33 33 34 33 9A 78 56 33 cs F6 "
     "end 16",
     "A"},
    {"68 250000000000 68 91 08 33333433 9A785633 F6 16\n"
     "682500000000006891 08 33 33 34 33 9A 78 56 33 F6 16",
     "AA"},
    {"6825 0000 0000 0068 9108 3333 3433 9A78 5633 F616", "A"},
    {"682500000000006891083333\n34339A785633F616", "A"},
    {"6825000000000\n06891083333343\n39A785633F616", "A"},
    {/* pairs that could be a time */
     "68:25:00:00:00:00:00:68:11:04:33:33:34\n33:D7:16\n"
     "68:25:00:00:00:00:00:68:91:06:33:34:34:35:38:A8:3C:\n16",
     "QV"},
    {"FE FE FE FE 68 25 00 00 00 00 00 68 91 08 33 33 34 33 9A 78 56 33 F6 16", "A"},
    {"It said 68 25 00 00 00 00 00 68 91 08 33 33 34 33 9A 78 56 33 F6 16. Then 68 25 00 00 00 00 "
     "00 "
     "68 91 06 33 34 34 35 38 A8 3C 16!",
     "AV"},
    {/* full-width digits, in GBK and in UTF-8 */
     "\xA3\xB6\xA3\xB8 25 00 00 00 00 00 68 91 08 33 33 34 33 9\xA3\xC1 78 56 33 F6 16\n"
     "\xEF\xBC\x96\xEF\xBC\x98 25 00 00 00 00 00 68 91 08 33 33 34 33 9\xEF\xBC\xA1 78 56 33 F6 "
     "16\n",
     "AA"},
    {/* GBK characters whose second byte is a letter or digit of ASCII: no part of a byte */
     "\x81\x41"
     "68 25 00 00 00 00 00 68 91 08 33 33 34 33 9A 78 56 33 F6 16\x81\x46\n",
     "A"},
    {/* three pairs a line, some like a time */
     "68:25:00\n00:00:00\n00:68:91\n08:33:33\n34:33:9A\n78:56:33\nF6:16\n", "A"},
    {/* a first word as long as an address */
     "68250000000000 68 91 08 33 33 34 33 9A 78 56 33 F6 16\n", "A"},
    {/* two rows in a line, and a count in one of them */
     "RX [68 25 00 00] [00 00 00 68]\nRX 12 [91 08 33 33] [34 33 9A 78 56 33 F6 16]\n", "A"},
    {/* values and their places */
     "0x68 (12), 0x25 (13), 0x00 (14), 0x00 (15), 0x00 (16), 0x00 (17), 0x00 (18), 0x68 (19), 0x11 "
     "(20), "
     "0x04 (21), 0x33 (22), 0x33 (23), 0x34 (24), 0x33 (25), 0xD7 (26), 0x16 (27)",
     "Q"},
    {/* decimal ones in two reads, with their counts */
     "recv 10: [104 37 0 0 0 0 0 104]\nrecv 12: [145 8 51 51 52 51 154 120 86 51 246 22]\n", "A"},
    /* Nothing. */
    {"10:11:12 2014-11-28\n10:11:13 2014-11-28\n10:11:14 2014-11-28\n", ""},
    {"A face, a bad deed: dead beef, feed it. 12 of 16.\n", ""},
    {"12 13\n100 200\n", ""},
    {"", ""},
    {"'", ""},
    {"\"\\x\"", ""},
    /* Damage is told, and what comes behind it is found. */
    {"68 25 00 00 00 00 00 68 91 08 33 33 34 33 9A\n68 25 00 00 00 00 00 68 91 06 33 34 34 35 38 "
     "A8 "
     "3C 16\n",
     "!!V"},
    {"68 25 00 00 00 00 00 68 91 08 33 33 34 33 9A 78 56 33 F7 16\n68 25 00 00 00 00 00 68 91 06 "
     "33 "
     "34 34 35 38 A8 3C 16\n",
     "!!V"},
    {"34 33 9A 78 56 33 F6 16\n68 25 00 00 00 00 00 68 91 06 33 34 34 35 38 A8 3C 16\n", "!V"},
    {"68\n25\n00\n00\n00\n00\n00\n68\n91\n08\n33\n", "!!"},
    {"682500000000006891083333343\n", "!!"},
};

START_TEST(dumps_and_other_texts) {
    expect(texts[_i].text, texts[_i].frames);
}
END_TEST

/* Exports of logic analysers: a byte a line, among numbers of all kinds. */
static const struct {
    const char *head, *line; /* for index, time in s, time in ns, byte, byte */
} exports[] = {
    {"Time [s],Value,Parity Error,Framing Error\n", "%2$.9f,0x%4$02X,,\n"},
    {"Time [s],Value,Parity Error,Framing Error\n", "%2$.9f,'%5$d' (0x%4$02X),,\n"},
    {"name,type,start_time,duration,data,error\n",
     "\"Async Serial\",\"data\",%2$.6f,0.00416,0x%4$02X,\n"},
    {"", "%3$d-%3$d UART: RX: %4$02X\n"},
    {"", "%3$d-%3$d UART: RX data: %4$02X\n"},
    {"Id,Time[ns],0:UART: RX/TX\n", "%1$d,%3$d.00,%4$02X\n"},
    {"#,ns,byte\n", "%1$d,%3$d,%4$02X\n"},
    {"#,us,byte\n", "%1$d;%3$d.5;%4$d\n"},
    {"#,ns,byte,parity,framing\n", "%1$d,%3$d,%4$02X,00,00\n"},
    {"", "%1$d\t%4$d\t0x%4$02X\n"},
    {"", "[%1$02d] = 0x%4$02X\n"},
    {"", "%1$d: %4$02X\n"},
};

START_TEST(exports_of_logic_analysers) {
    struct text text = {.length = 0};
    put(&text, "%s", exports[_i].head);
    for (size_t i = 0; i < sizeof energy; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        put(&text, exports[_i].line, (int)i, 0.01 + (double)i * 0.00458, (int)(1000 + i * 458000),
            energy[i], energy[i]);
#pragma GCC diagnostic pop
    }
    expect(text.chars, "A");
}
END_TEST

START_TEST(a_line_of_any_length) {
    enum {
        FRAMES = 3000
    };
    struct text one = {.length = 0};
    put_bytes(&one, energy, sizeof energy, "%02X", "");
    char *line = malloc(FRAMES * one.length + 1);
    ck_assert_ptr_nonnull(line);
    for (size_t i = 0; i < FRAMES; i++) {
        memcpy(line + i * one.length, one.chars, one.length + 1);
    }
    find(line, FRAMES * one.length);
    ck_assert_uint_eq(strspn(found, "A"), FRAMES);
    ck_assert_uint_eq(strlen(found), FRAMES);
    free(line);
}
END_TEST

/* A frame's line is where its first byte stands. */
static int64_t first_line;

static void note_line(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *frame) {
    (void)ctx, (void)last_ns, (void)frame;
    first_line = first_ns;
}

START_TEST(a_frame_is_told_as_soon_as_it_is_whole) {
    struct meter_parser parser;
    struct text text = {.length = 0};
    meter_parser_init(&parser, note_line, NULL, NULL);
    struct text_frames *frames = text_frames_new(&parser);
    put_bytes(&text, energy, sizeof energy, "%02X", " ");
    first_line = 0;
    text_frames_line(frames, (const uint8_t *)"RX", 2);
    text_frames_line(frames, (const uint8_t *)text.chars, text.length);
    ck_assert_int_eq(first_line, 2);
    text_frames_line(frames, (const uint8_t *)text.chars, 23);
    text_frames_line(frames, (const uint8_t *)text.chars + 23, text.length - 23);
    ck_assert_int_eq(first_line, 3);
    text_frames_end(frames);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))

int main(void) {
    Suite *suite = suite_create("frames in text");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, bytes_of_any_language, 0, COUNT(forms));
    tcase_add_loop_test(all, words_around_the_bytes, 0, COUNT(lines));
    tcase_add_loop_test(all, a_frame_goes_on_in_the_next_line, 0, COUNT(lines));
    tcase_add_loop_test(all, lines_are_wrapped_anywhere, 0, 60);
    tcase_add_loop_test(all, dumps_and_other_texts, 0, COUNT(texts));
    tcase_add_loop_test(all, exports_of_logic_analysers, 0, COUNT(exports));
    tcase_add_test(all, a_line_of_any_length);
    tcase_add_test(all, a_frame_is_told_as_soon_as_it_is_whole);
    suite_add_tcase(suite, all);
    return suite_main(suite);
}

/* SPDX-License-Identifier: MIT */
/* Vector ASC, the text log of CANoe and CANalyzer, which many other tools write too.
 *
 *   date Tue Apr 21 06:53:33.477 pm 2015
 *   base hex  timestamps absolute
 *   // comment
 *      2.501000 1  1826F456x       Rx   d 3 01 01 00  Length = 273910 BitCount = 141 ...
 *      2.501200 1  64              Tx   r
 *      2.501300 1  ErrorFrame
 *     30.300981 CANFD   3 Rx     50005x  Name  0 1 5 8 01 02 ... duration length flags crc ...
 *
 * Times are seconds since the start of the measurement, or (timestamps relative) since the event
 * before. base says whether identifiers, lengths and data are hexadecimal or decimal. A name may
 * stand for the identifier; then `ID =` (always decimal) has it. Controllers in FD mode log classic
 * frames in CANFD lines too: bit 12 of flags tells. */
#include "harness/capture/source/reader.h"
#include "harness/capture/source/source.h"
#include "harness/capture/source/wall_time.h"
#include "sim/memory.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SNIFFED_LINES  200
#define SECONDS_MAX    (INT64_MAX / NS_PER_S - 1)
#define FLAG_REMOTE    0x0010u
#define FLAG_FD        0x1000u
#define STANDARD_MAX   0x7FFu
#define EXTENDED_MAX   0x1FFFFFFFu
#define WORDS_OF_FRAME 6

struct asc {
    int base;
    bool from_before; /* timestamps relative */
    bool dated;       /* a date header was understood */
    int64_t date_ns;
    int64_t at_ns; /* of the last event, since the date */
    char network[CAPTURE_NETWORK_MAX];
};

/* A line being read: the next word is cut out of it and ends with NUL. */
static char *next_word(char **rest) {
    char *word = *rest + strspn(*rest, " \t");
    if (*word == '\0') {
        return NULL;
    }
    char *end = word + strcspn(word, " \t");
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    assert(word < end && word[0] != ' ');
    return word;
}

static bool all_digits(const char *word) {
    return *word != '\0' && word[strspn(word, "0123456789")] == '\0';
}

static bool number(const char *word, int base, uint64_t max, uint64_t *value) {
    if (!isxdigit((unsigned char)word[0])) {
        return false; /* strtoull would take signs */
    }
    char *end;
    *value = strtoull(word, &end, base);
    return *end == '\0' && end - word <= 12 && *value <= max && word[1] != 'x' && word[1] != 'X';
}

/* "12.345678", "12,345678", "-0.5"; digits beyond the ninth are cut. */
static bool seconds(const char *word, int64_t *ns) {
    bool negative = *word == '-';
    const char *at = word + negative;
    size_t whole = strspn(at, "0123456789");
    if (whole == 0 || whole > 10) {
        return false;
    }
    int64_t value = strtoll(at, NULL, 10);
    if (value > SECONDS_MAX) {
        return false;
    }
    value *= NS_PER_S;
    at += whole;
    if (*at == '.' || *at == ',') {
        int64_t weight = NS_PER_S / 10;
        for (at++; *at >= '0' && *at <= '9'; at++, weight /= 10) {
            value += weight * (*at - '0');
        }
    }
    *ns = negative ? -value : value;
    return *at == '\0';
}

/* ---- recognition ---- */

/* Old German versions write "dez". */
static int base_of(const char *word) {
    return strcasecmp(word, "hex") == 0                                   ? 16
           : strcasecmp(word, "dec") == 0 || strcasecmp(word, "dez") == 0 ? 10
                                                                          : 0;
}

static bool is_direction(const char *word) {
    return strcasecmp(word, "Rx") == 0 || strcasecmp(word, "Tx") == 0 ||
           strcasecmp(word, "TxRq") == 0;
}

/* 0...100 for one line. */
static int line_looks(char *line) {
    char *words[WORDS_OF_FRAME] = {0};
    size_t count = 0;
    while (count < WORDS_OF_FRAME && (words[count] = next_word(&line)) != NULL) {
        count++;
    }
    int64_t ns;
    if (count >= 2 && strcasecmp(words[0], "base") == 0) {
        return base_of(words[1]) != 0 ? 95 : 0;
    }
    if (count < 4 || strchr(words[0], '.') == NULL || !seconds(words[0], &ns)) {
        return 0;
    }
    if (all_digits(words[1])) {
        bool kind = count >= 5 && (strcmp(words[4], "d") == 0 || strcmp(words[4], "r") == 0);
        return is_direction(words[3]) && kind ? 90 : 0;
    }
    return strcmp(words[1], "CANFD") == 0 && all_digits(words[2]) && is_direction(words[3]) ? 90
                                                                                            : 0;
}

static int recognise(const uint8_t *data, size_t size) {
    const char *at = (const char *)data, *end = at + size;
    int best = 0;
    for (int lines = 0; at < end && lines < SNIFFED_LINES && best == 0; lines++) {
        char line[256];
        size_t length = 0;
        while (at < end && *at != '\n' && *at != '\r') {
            if (length < sizeof line - 1) {
                line[length++] = *at;
            }
            at++;
        }
        at += at < end;
        line[length] = '\0';
        best = line_looks(line);
    }
    return best;
}

/* ---- lines that are no events ---- */

static void take_base(struct asc *asc, char *rest) {
    for (char *word; (word = next_word(&rest)) != NULL;) {
        if (base_of(word) != 0) {
            asc->base = base_of(word);
        } else if (strcasecmp(word, "absolute") == 0 || strcasecmp(word, "relative") == 0) {
            asc->from_before = tolower((unsigned char)word[0]) == 'r';
        }
    }
}

static void take_date(struct asc *asc, const char *text) {
    if (wall_time_text(text, &asc->date_ns)) {
        asc->dated = true;
        asc->at_ns = 0;
    }
}

static enum reader_outcome header(struct asc *asc, char *line, struct capture_text *what) {
    static const char *const known[] = {"no", "internal", "end", "previous", "comment:", "split"};
    if (strncmp(line, "//", 2) == 0) {
        return READER_SKIPPED;
    }
    char *rest = line;
    const char *word = next_word(&rest);
    if (strcasecmp(word, "base") == 0) {
        take_base(asc, rest);
        return READER_SKIPPED;
    }
    if (strcasecmp(word, "date") == 0) {
        take_date(asc, rest);
        return READER_SKIPPED;
    }
    if (strcasecmp(word, "begin") == 0) {
        next_word(&rest); /* Triggerblock */
        if (!asc->dated) {
            take_date(asc, rest);
        }
        return READER_SKIPPED;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcasecmp(word, known[i]) == 0) {
            return READER_SKIPPED;
        }
    }
    return reader_damaged(what, "neither an event (it has no time) nor a header line of ASC",
                          "既不是事件（没有时间）也不是ASC的表头行");
}

/* ---- events ---- */

/* "18EBFF00x", "64". Identifiers too large for standard frames are extended without the x too. */
static bool identifier(const char *word, int base, struct can_frame_ext *frame) {
    char digits[16];
    size_t length = strlen(word);
    bool extended = length > 1 && (word[length - 1] == 'x' || word[length - 1] == 'X');
    length -= extended;
    if (length >= sizeof digits) {
        return false;
    }
    memcpy(digits, word, length);
    digits[length] = '\0';
    uint64_t id;
    if (!number(digits, base, EXTENDED_MAX, &id)) {
        return false;
    }
    frame->id = (uint32_t)id;
    frame->extended = extended || id > STANDARD_MAX;
    return true;
}

/* `... ID = 418119424x` behind the data of a frame with a name. */
static bool explained(char *rest, struct can_frame_ext *frame) {
    for (char *word; (word = next_word(&rest)) != NULL;) {
        if (strcmp(word, "ID") == 0) {
            const char *equals = next_word(&rest);
            const char *id = next_word(&rest);
            return equals != NULL && strcmp(equals, "=") == 0 && id != NULL &&
                   identifier(id, 10, frame);
        }
    }
    return false;
}

static bool bytes(int base, char **rest, struct can_frame_ext *frame, size_t length) {
    for (size_t i = 0; i < length; i++) {
        const char *word = next_word(rest);
        uint64_t value;
        if (word == NULL || !number(word, base, 0xFF, &value)) {
            return false;
        }
        if (i < sizeof frame->data) {
            frame->data[i] = (uint8_t)value;
        }
    }
    return true;
}

/* word: what stands there, NULL when nothing does. */
static enum reader_outcome damaged(struct capture_text *what, const char *en, const char *zh,
                                   const char *word) {
    if (word == NULL) {
        return reader_damaged(what, en, zh);
    }
    snprintf(what->en, sizeof what->en, "%s '%.24s'", en, word);
    snprintf(what->zh, sizeof what->zh, "%s“%.24s”", zh, word);
    return READER_DAMAGED;
}

static enum reader_outcome finish(struct asc *asc, const char *channel, const char *direction,
                                  struct capture_frame *frame) {
    if (strcasecmp(direction, "TxRq") == 0) {
        return READER_SKIPPED; /* a wish; the frame itself is logged again as Tx */
    }
    assert(frame->frame.len <= 8 && frame->frame.id <= EXTENDED_MAX);
    assert(frame->frame.extended || frame->frame.id <= STANDARD_MAX);
    snprintf(asc->network, sizeof asc->network, "%s", channel);
    frame->network = asc->network;
    frame->sent = strcasecmp(direction, "Tx") == 0;
    return READER_FRAME;
}

/* Behind the time and the channel. */
static enum reader_outcome classic(struct asc *asc, const char *channel, char *rest,
                                   struct capture_frame *frame, struct capture_text *what) {
    const char *id = next_word(&rest);
    if (id == NULL) {
        return reader_damaged(what, "the line ends after the channel", "行在通道之后结束");
    }
    if (strcasecmp(id, "ErrorFrame") == 0) {
        return READER_ERROR_FRAME;
    }
    const char *direction = next_word(&rest);
    bool named = !identifier(id, asc->base, &frame->frame);
    if (direction == NULL || !is_direction(direction)) {
        bool event = named && isalpha((unsigned char)id[0]); /* Statistic:, OverloadFrame ... */
        return event ? READER_SKIPPED
                     : damaged(what, "neither Rx nor Tx behind the identifier",
                               "标识符之后既不是Rx也不是Tx", direction);
    }
    const char *kind = next_word(&rest);
    if (kind != NULL && strcasecmp(kind, "r") == 0) {
        return READER_REMOTE;
    }
    const char *length = next_word(&rest);
    uint64_t dlc;
    if (kind == NULL || strcasecmp(kind, "d") != 0 || length == NULL ||
        !number(length, asc->base, 15, &dlc)) {
        return reader_damaged(what, "no 'd' and a length behind the direction",
                              "方向之后没有“d”和长度");
    }
    frame->frame.len = (uint8_t)(dlc > 8 ? 8 : dlc); /* ISO 11898-1: 9...15 mean 8 */
    if (!bytes(asc->base, &rest, &frame->frame, frame->frame.len)) {
        return damaged(what, "fewer bytes of data than its length says", "数据字节少于长度所示",
                       length);
    }
    if (named && !explained(rest, &frame->frame)) {
        return damaged(what, "no number, and no ID = behind the data, for the identifier",
                       "标识符不是数字，数据之后也没有ID =：", id);
    }
    return finish(asc, channel, direction, frame);
}

/* Behind the data of a CANFD line: duration, length, flags. */
static enum reader_outcome fd_flags(char *rest, size_t length) {
    next_word(&rest);
    next_word(&rest);
    const char *word = next_word(&rest);
    uint64_t flags;
    if (word == NULL || !number(word, 16, UINT32_MAX, &flags) || (flags & FLAG_FD) != 0 ||
        length > 8) {
        return READER_FD;
    }
    return (flags & FLAG_REMOTE) != 0 ? READER_REMOTE : READER_FRAME;
}

/* Behind the time and "CANFD": channel, direction, id, [name,] BRS, ESI, DLC, length, data. */
static enum reader_outcome flexible(struct asc *asc, char *rest, struct capture_frame *frame,
                                    struct capture_text *what) {
    const char *channel = next_word(&rest), *direction = next_word(&rest);
    const char *id = next_word(&rest);
    if (id == NULL || !all_digits(channel) || !is_direction(direction)) {
        return reader_damaged(what, "CANFD without channel, direction and identifier",
                              "CANFD行缺少通道、方向和标识符");
    }
    if (strcasecmp(id, "ErrorFrame") == 0) {
        return READER_ERROR_FRAME;
    }
    const char *brs = next_word(&rest);
    if (brs != NULL && !all_digits(brs)) {
        brs = next_word(&rest); /* that was the message's name */
    }
    const char *esi = next_word(&rest), *dlc = next_word(&rest), *size = next_word(&rest);
    uint64_t length;
    if (brs == NULL || esi == NULL || dlc == NULL || size == NULL ||
        !number(size, 10, 64, &length) || !identifier(id, asc->base, &frame->frame)) {
        return reader_damaged(what, "CANFD without identifier, BRS, ESI, DLC and length",
                              "CANFD行缺少标识符、BRS、ESI、DLC和长度");
    }
    if (!bytes(asc->base, &rest, &frame->frame, length)) {
        return damaged(what, "fewer bytes of data than its length says", "数据字节少于长度所示",
                       size);
    }
    enum reader_outcome outcome = fd_flags(rest, length);
    frame->frame.len = (uint8_t)(length > 8 ? 8 : length);
    return outcome == READER_FRAME ? finish(asc, channel, direction, frame) : outcome;
}

static bool take_time(struct asc *asc, const char *word, int64_t *at_ns) {
    int64_t ns, sum;
    if (!seconds(word, &ns)) {
        return false;
    }
    if (asc->from_before && __builtin_add_overflow(asc->at_ns, ns, &ns)) {
        return false;
    }
    if (__builtin_add_overflow(asc->date_ns, ns, &sum) || sum < 0) {
        return false;
    }
    assert(sum >= 0 && sum - ns == asc->date_ns);
    asc->at_ns = ns;
    *at_ns = sum;
    return true;
}

static enum reader_outcome event(struct asc *asc, char *line, struct capture_frame *frame,
                                 struct capture_text *what) {
    char *rest = line;
    const char *time = next_word(&rest);
    if (!take_time(asc, time, &frame->at_ns)) {
        return damaged(what, "no time at the start of the line:", "行首没有时间：", time);
    }
    const char *word = next_word(&rest);
    if (word == NULL) {
        return reader_damaged(what, "the line ends after the time", "行在时间之后结束");
    }
    if (all_digits(word)) {
        return classic(asc, word, rest, frame, what);
    }
    if (strcmp(word, "CANFD") == 0) {
        return flexible(asc, rest, frame, what);
    }
    /* "Start of measurement", "CAN 1 Status:...", LIN, J1939TP, system variables ... */
    return isalpha((unsigned char)word[0])
               ? READER_SKIPPED
               : damaged(what, "neither a channel nor an event:", "既不是通道也不是事件：", word);
}

static enum reader_outcome next(void *state, struct source *source, struct capture_frame *frame,
                                struct capture_text *what) {
    struct asc *asc = state;
    char *line;
    enum reader_outcome outcome = reader_line(source, frame, &line, what);
    if (outcome != READER_FRAME) {
        return outcome;
    }
    frame->frame = (struct can_frame_ext){0};
    line += strspn(line, " \t");
    if (*line == '\0') {
        return READER_SKIPPED;
    }
    return isdigit((unsigned char)*line) || *line == '-' ? event(asc, line, frame, what)
                                                         : header(asc, line, what);
}

static void *open_asc(struct source *source, const struct capture_options *options,
                      struct problem *problem) {
    (void)source, (void)options, (void)problem;
    struct asc *asc = memory_zeroed(1, sizeof *asc);
    asc->base = 16;
    return asc;
}

static void describe(const void *state, struct reader_about *about) {
    const struct asc *asc = state;
    bool hex = asc->base == 16;
    snprintf(about->dialect.en, sizeof about->dialect.en, "Vector ASC, base %s, timestamps %s",
             hex ? "hex" : "dec", asc->from_before ? "relative" : "absolute");
    snprintf(about->dialect.zh, sizeof about->dialect.zh, "Vector ASC，%s，%s",
             hex ? "十六进制" : "十进制", asc->from_before ? "相对时间戳" : "绝对时间戳");
    about->clock =
        asc->dated && asc->date_ns >= WALL_TIME_KNOWN_NS ? CLOCK_ABSOLUTE : CLOCK_RELATIVE;
}

const struct reader reader_asc = {
    .format = CAPTURE_ASC,
    .recognise = recognise,
    .open = open_asc,
    .next = next,
    .describe = describe,
    .close = free,
};

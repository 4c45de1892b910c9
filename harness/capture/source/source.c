/* SPDX-License-Identifier: MIT */
/* source.c: bytes and lines from a file, a pipe or memory through one buffer of fixed size: memory
 * does not grow with the file. */
#include "harness/capture/source/source.h"
#include "harness/capture/source/utf16.h"
#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER (256u * 1024u)
#define CHUNK  (128u * 1024u) /* one read; UTF-16 grows by half as UTF-8 */

enum encoding {
    ENCODING_UNKNOWN, /* nothing read yet */
    ENCODING_BYTES,   /* as they are */
    ENCODING_UTF16,
};

struct source {
    int fd; /* -1: memory */
    const uint8_t *memory;
    size_t memory_left;
    enum encoding encoding;
    struct utf16 utf16;
    size_t begin, end; /* of the bytes in buffer not consumed yet */
    bool at_end;       /* there is nothing more to read */
    bool skipping;     /* the rest of a line that was too long */
    bool cut;
    int error; /* errno of the failed read, or 0 */
    uint64_t line;
    uint8_t *raw;    /* UTF-16 as read; NULL unless it is UTF-16 */
    size_t capacity; /* of buffer, which has one byte more for the NUL after the last line */
    uint8_t buffer[];
};

static void check_offsets(const struct source *source) {
    assert(source->begin <= source->end && source->end <= source->capacity);
}

static struct source *source_new(size_t capacity) {
    struct source *source = memory_zeroed(1, sizeof *source + capacity + 1);
    source->capacity = capacity;
    return source;
}

struct source *source_open(const char *path, struct problem *problem) {
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        problem_set_both(problem, "cannot open %s: %s", "无法打开%s：%s", path, strerror(errno));
        return NULL;
    }
    struct source *source = source_new(BUFFER);
    source->fd = fd;
    return source;
}

struct source *source_memory(const uint8_t *data, size_t size) {
    /* Small data needs no large buffer; as UTF-8 it may be half as long again. */
    struct source *source = source_new(size < BUFFER / 2 - 64 ? 2 * size + 64 : BUFFER);
    source->fd = -1;
    source->memory = data;
    source->memory_left = size;
    return source;
}

void source_close(struct source *source) {
    if (!source) {
        return;
    }
    if (source->fd > STDIN_FILENO) {
        close(source->fd);
    }
    free(source->raw);
    free(source);
}

/* 0: end or error. */
static size_t read_bytes(struct source *source, uint8_t *to, size_t room) {
    if (source->fd < 0) {
        size_t n = source->memory_left < room ? source->memory_left : room;
        if (n) {
            memcpy(to, source->memory, n);
        }
        source->memory += n;
        source->memory_left -= n;
        return n;
    }
    ssize_t n;
    do {
        n = read(source->fd, to, room);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        source->error = errno;
    }
    return n > 0 ? (size_t)n : 0;
}

/* The first bytes. A byte order mark is no part of the text; it says whether it is UTF-16. */
static void read_first(struct source *source) {
    uint8_t *data = source->buffer;
    size_t half = source->capacity / 2, most = half < CHUNK ? half : CHUNK, n;
    while (source->end < 3 &&
           (n = read_bytes(source, data + source->end, most - source->end)) > 0) {
        source->end += n;
    }
    source->encoding = ENCODING_BYTES;
    if (source->end >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) {
        source->begin = 3;
    }
    if (source->end < 2 || (memcmp(data, "\xFF\xFE", 2) != 0 && memcmp(data, "\xFE\xFF", 2) != 0)) {
        return;
    }
    source->raw = memory_zeroed(CHUNK, 1);
    source->utf16.big_endian = data[0] == 0xFE;
    source->encoding = ENCODING_UTF16;
    n = source->end - 2;
    memcpy(source->raw, data + 2, n);
    source->end = utf16_decode(&source->utf16, source->raw, n, data);
}

static size_t take_utf16(struct source *source, size_t room) {
    size_t n = 0, got;
    size_t most = room / 2 < CHUNK ? room / 2 : CHUNK;
    assert(most <= CHUNK && UTF16_ROOM(most) <= room + 8); /* fits raw, and what comes of it */
    while (n == 0 && (got = read_bytes(source, source->raw, most)) > 0) {
        n = utf16_decode(&source->utf16, source->raw, got, source->buffer + source->end);
    }
    return n;
}

/* Reads on into the buffer; false when nothing came: the end, an error, or no room. */
static bool fill(struct source *source) {
    if (source->at_end) {
        return false;
    }
    if (source->begin > 0) {
        memmove(source->buffer, source->buffer + source->begin, source->end - source->begin);
        source->end -= source->begin;
        source->begin = 0;
    }
    if (source->encoding == ENCODING_UNKNOWN) {
        read_first(source);
        if (source->end > source->begin) {
            return true;
        }
    }
    size_t room = source->capacity - source->end;
    if (room < 16) {
        return false;
    }
    size_t n = source->encoding == ENCODING_UTF16
                   ? take_utf16(source, room - 8)
                   : read_bytes(source, source->buffer + source->end, room < CHUNK ? room : CHUNK);
    source->end += n;
    source->at_end = n == 0;
    check_offsets(source);
    return n > 0;
}

const uint8_t *source_peek(struct source *source, size_t *size) {
    if (source->end == source->begin) {
        fill(source);
    }
    check_offsets(source);
    size_t there = source->end - source->begin;
    *size = there < SOURCE_SNIFF ? there : SOURCE_SNIFF;
    return source->buffer + source->begin;
}

bool source_more(struct source *source) {
    return source->end - source->begin < SOURCE_SNIFF && fill(source);
}

size_t source_read(struct source *source, void *data, size_t size) {
    size_t done = 0;
    while (done < size) {
        size_t there = source->end - source->begin;
        size_t n = there < size - done ? there : size - done;
        if (n) {
            memcpy((uint8_t *)data + done, source->buffer + source->begin, n);
        }
        source->begin += n;
        done += n;
        if (done < size && !fill(source)) {
            break;
        }
    }
    check_offsets(source);
    assert(done <= size);
    if (done > 0 && done < size) {
        source->cut = true;
    }
    return done;
}

/* How many bytes the line end at p takes (LF, CR, CRLF, CRCRLF); 0: the next bytes decide and have
 * not been read. */
static size_t line_end(const struct source *source, const uint8_t *p) {
    const uint8_t *end = source->buffer + source->end, *q = p;
    while (q < end && *q == '\r' && q - p < 2) {
        q++;
    }
    if (q < end) {
        return *q == '\n' ? (size_t)(q - p) + 1 : 1;
    }
    return source->at_end ? 1 : 0;
}

/* The first LF or CR within size bytes, or NULL. */
static uint8_t *find_end(uint8_t *from, size_t size) {
    uint8_t *lf = memchr(from, '\n', size);
    uint8_t *cr = memchr(from, '\r', lf ? (size_t)(lf - from) : size);
    return cr ? cr : lf;
}

static void skip_rest(struct source *source) {
    source->skipping = false;
    for (;;) {
        uint8_t *from = source->buffer + source->begin;
        size_t there = source->end - source->begin;
        uint8_t *stop = there ? find_end(from, there) : NULL;
        size_t ends = stop ? line_end(source, stop) : 0;
        source->begin += stop ? (size_t)(stop - from) + ends : there;
        check_offsets(source);
        if (ends) {
            return;
        }
        if (!fill(source) && !stop) { /* at a CR the end of the file is its answer */
            source->cut = true;
            return;
        }
    }
}

/* size bytes of a line; eaten: with its line end. */
static char *hand_out_line(struct source *source, size_t size, size_t eaten, size_t *length) {
    char *line = (char *)source->buffer + source->begin;
    assert(size <= eaten && size <= SOURCE_LINE_MAX);
    source->line++;
    source->begin += eaten;
    check_offsets(source);
    line[size] = '\0';
    *length = size;
    return line;
}

char *source_line(struct source *source, size_t *length, bool *too_long) {
    if (source->skipping) {
        skip_rest(source);
    }
    if (too_long) {
        *too_long = false;
    }
    for (;;) {
        uint8_t *from = source->buffer + source->begin;
        size_t there = source->end - source->begin;
        size_t window = there <= SOURCE_LINE_MAX ? there : SOURCE_LINE_MAX + 1;
        uint8_t *stop = there ? find_end(from, window) : NULL;
        size_t ends = stop ? line_end(source, stop) : 0;
        if (ends) {
            return hand_out_line(source, (size_t)(stop - from), (size_t)(stop - from) + ends,
                                 length);
        }
        if (!stop && there > SOURCE_LINE_MAX) {
            source->skipping = true;
            if (too_long) {
                *too_long = true;
            }
            return hand_out_line(source, SOURCE_LINE_MAX, SOURCE_LINE_MAX + 1, length);
        }
        if (fill(source) || (stop && source->at_end)) {
            continue;
        }
        if (there == 0) {
            return NULL;
        }
        source->cut = true;
        return hand_out_line(source, there, there, length);
    }
}

uint64_t source_line_number(const struct source *source) {
    return source->line;
}

bool source_cut(const struct source *source) {
    return source->cut;
}

bool source_utf16(const struct source *source) {
    return source->encoding == ENCODING_UTF16;
}

const char *source_error(const struct source *source) {
    return source->error ? strerror(source->error) : NULL;
}

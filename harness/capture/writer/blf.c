/* SPDX-License-Identifier: MIT */
/* Writer of Vector BLF: CAN_MESSAGE objects in containers packed with zlib, times in nanoseconds since the
 * start that the header has. The layout is the reader's (harness/capture/blf/reader.c); python-can reads it too. The
 * header, which stands first, has sizes that are known last: all of it is kept until the end, packed. */
#include "harness/capture/source/wall_time.h"
#include "harness/capture/writer/internal.h"
#include "sim/loop.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#define HEADER_SIZE    144u
#define BASE_SIZE      16u                    /* signature, sizes, version, type */
#define MESSAGE_SIZE   48u                    /* headers and CAN_MESSAGE */
#define CONTAINER_SIZE 32u                    /* headers of a container */
#define PLAIN_MOST     (2730u * MESSAGE_SIZE) /* of a container: 128 KiB, as others write them */
#define TYPE_MESSAGE   1u
#define TYPE_CONTAINER 10u
#define METHOD_ZLIB    2u
#define TIME_IN_NS     2u
#define ID_EXTENDED    0x80000000u
#define FLAG_SENT      1u

struct blf_file {
    uint8_t plain[PLAIN_MOST]; /* objects of the container that is being filled */
    size_t plain_used;
    uint8_t *packed; /* containers that are full */
    size_t packed_used, packed_room;
    uint64_t plain_all; /* bytes of all objects, unpacked */
    uint32_t frames;
    int64_t start_ns, last_ns;
};

static void put(uint8_t *at, uint64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
}

static void put_base(uint8_t *at, unsigned header_size, size_t size, unsigned type) {
    memcpy(at, "LOBJ", 4);
    put(at + 4, header_size, 2);
    put(at + 6, 1, 2);
    put(at + 8, size, 4);
    put(at + 12, type, 4);
}

static void pack(struct blf_file *file) {
    uLongf size = compressBound(file->plain_used);
    size_t needed = file->packed_used + CONTAINER_SIZE + size + 4;
    if (needed > file->packed_room) {
        file->packed_room = 2 * needed;
        file->packed = memory_resized(file->packed, file->packed_room, 1);
    }
    uint8_t *at = file->packed + file->packed_used;
    memset(at, 0, CONTAINER_SIZE);
    int code =
        compress2(at + CONTAINER_SIZE, &size, file->plain, file->plain_used, Z_DEFAULT_COMPRESSION);
    assert(code == Z_OK); /* there is room for all of it */
    (void)code;
    put_base(at, BASE_SIZE, CONTAINER_SIZE + size, TYPE_CONTAINER);
    put(at + BASE_SIZE, METHOD_ZLIB, 2);
    put(at + BASE_SIZE + 8, file->plain_used, 4);
    size_t padding =
        size % 4; /* as many bytes as remain, not what is lacking: that is the format */
    memset(at + CONTAINER_SIZE + size, 0, padding);
    file->packed_used += CONTAINER_SIZE + size + padding;
    file->plain_all += CONTAINER_SIZE + file->plain_used;
    file->plain_used = 0;
    assert(file->packed_used <= file->packed_room);
}

static void blf_frame(struct capture_writer *writer, const struct capture_frame *frame,
                      size_t network) {
    struct blf_file *file = *writer_own(writer);
    if (file == NULL) {
        *writer_own(writer) = file = memory_zeroed(1, sizeof *file);
        file->start_ns =
            frame->at_ns >= WALL_TIME_KNOWN_NS ? frame->at_ns - frame->at_ns % NS_PER_MS : 0;
    }
    if (file->plain_used == PLAIN_MOST) {
        pack(file);
    }
    uint8_t *at = file->plain + file->plain_used;
    const struct can_frame_ext *can = &frame->frame;
    const int64_t since_ns =
        frame->at_ns - file->start_ns; /* no sign in it: not before the start */
    memset(at, 0, MESSAGE_SIZE);
    put_base(at, 32, MESSAGE_SIZE, TYPE_MESSAGE);
    put(at + 16, TIME_IN_NS, 4);
    put(at + 24, since_ns > 0 ? (uint64_t)since_ns : 0, 8);
    put(at + 32, writer_network(writer, network)->channel, 2);
    at[34] = frame->sent ? FLAG_SENT : 0;
    at[35] = can->len;
    put(at + 36, can->id | (can->extended ? ID_EXTENDED : 0), 4);
    memcpy(at + 40, can->data, can->len);
    file->plain_used += MESSAGE_SIZE;
    file->frames++;
    file->last_ns = frame->at_ns > file->last_ns ? frame->at_ns : file->last_ns;
}

/* Zeroes where there is no date. */
static void put_time(uint8_t *at, int64_t ns) {
    time_t seconds = (time_t)(ns / NS_PER_S);
    struct tm tm;
    if (ns < WALL_TIME_KNOWN_NS || gmtime_r(&seconds, &tm) == NULL) {
        return;
    }
    const int fields[] = {
        tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_wday, tm.tm_mday,
        tm.tm_hour,        tm.tm_min,     tm.tm_sec,  (int)(ns % NS_PER_S / NS_PER_MS)};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        put(at + 2 * i, (uint64_t)fields[i], 2);
    }
}

static void blf_end(struct capture_writer *writer) {
    struct blf_file *file = *writer_own(writer);
    struct blf_file none = {.packed = NULL};
    uint8_t header[HEADER_SIZE] = "LOGG";
    if (file != NULL && file->plain_used > 0) {
        pack(file);
    }
    const struct blf_file *whole = file != NULL ? file : &none;
    put(header + 4, HEADER_SIZE, 4);
    header[8] = 5;  /* application: none of Vector's */
    header[12] = 2; /* of the format: 2.6.8.1 */
    header[13] = 6;
    header[14] = 8;
    header[15] = 1;
    put(header + 16, HEADER_SIZE + whole->packed_used, 8);
    put(header + 24, HEADER_SIZE + whole->plain_all, 8);
    put(header + 32, whole->frames, 4);
    put_time(header + 40, whole->start_ns);
    put_time(header + 56, whole->last_ns);
    writer_put(writer, header, sizeof header);
    for (size_t at = 0; at < whole->packed_used; at += 4096) {
        size_t left = whole->packed_used - at;
        writer_put(writer, whole->packed + at, left < 4096 ? left : 4096);
    }
    if (file != NULL) {
        free(file->packed);
        free(file);
        *writer_own(writer) = NULL;
    }
}

const struct writer_format writer_blf = {.frame = blf_frame, .end = blf_end};

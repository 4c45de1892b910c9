/* SPDX-License-Identifier: MIT */
/* stream.h: the objects of a Vector BLF file as one stream of bytes, whatever containers they are
 * packed in.
 *
 *   blf_stream_init(&stream, source);
 *   if (blf_stream_need(&stream, 16)) look at blf_stream_at(&stream)
 *   blf_stream_skip(&stream, n);
 *
 * A BLF file is a chain of LOG_CONTAINER objects whose contents, unpacked (zlib) and put together,
 * are a chain of objects again; one may begin in a container and end in the next. Objects outside
 * containers are handed through. Unpacking goes on as bytes are asked for: a container of any size
 * takes the same memory.
 *
 * need() is false at the end (stream.ended), or where the file is damaged: then stream.fault says
 * how, what is still in the window does not join what follows, and blf_stream_mend finds the next
 * container. */
#ifndef HARNESS_CAPTURE_BLF_STREAM_H
#define HARNESS_CAPTURE_BLF_STREAM_H

#include "harness/capture/source/source.h"
#include "sim/text/phrase.h"

#include <zlib.h>

#define BLF_WINDOW     16384u
#define BLF_OBJECT_MAX (64u << 20) /* a length beyond this is damage */
#define BLF_BASE_SIZE  16u         /* signature, header size, version, object size, type */
#define BLF_PADDING    8u          /* an object starts at most this many bytes behind another */

enum {
    BLF_CAN_MESSAGE = 1,
    BLF_CAN_ERROR = 2,
    BLF_LOG_CONTAINER = 10,
    BLF_CAN_ERROR_EXT = 73,
    BLF_CAN_MESSAGE2 = 86,
    BLF_CAN_FD_MESSAGE = 100,
    BLF_CAN_FD_MESSAGE_64 = 101,
    BLF_CAN_FD_ERROR_64 = 104,
    BLF_DATA_LOST_END = 126,
};

struct blf_window {
    uint8_t bytes[BLF_WINDOW];
    size_t begin, end;
};

enum blf_packing {
    BLF_BETWEEN, /* containers */
    BLF_PLAIN,
    BLF_DEFLATED,
};

struct blf_stream {
    struct source *source;
    struct blf_window file, unpacked;
    enum blf_packing packing;
    uint64_t packed_left; /* bytes of the container still in the file */
    bool lost;            /* where the next container starts is to be searched for */
    bool ended;           /* nothing more comes */
    bool cut;             /* ... and that was in the middle of a container */
    struct phrase fault;  /* without texts when it is sound */
    z_stream zip;
};

struct blf_object {
    uint16_t header_size, version;
    uint32_t size, type;
};

void blf_stream_init(struct blf_stream *stream, struct source *source);
void blf_stream_free(struct blf_stream *stream);
bool blf_stream_need(struct blf_stream *stream, size_t size); /* size <= BLF_WINDOW */
const uint8_t *blf_stream_at(const struct blf_stream *stream);
size_t blf_stream_have(const struct blf_stream *stream);
bool blf_stream_skip(struct blf_stream *stream, uint64_t size);
/* Skips a byte, and further ones in the window that cannot begin an object. */
void blf_stream_search(struct blf_stream *stream);
/* After a fault: forgets it and what does not join any more. */
void blf_stream_mend(struct blf_stream *stream);

/* Reads BLF_BASE_SIZE bytes; false: no signature, or numbers that cannot be. */
bool blf_object_at(const uint8_t *bytes, struct blf_object *object);

static inline uint16_t blf_u16(const uint8_t *at) {
    return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t blf_u32(const uint8_t *at) {
    return (uint32_t)blf_u16(at) | (uint32_t)blf_u16(at + 2) << 16;
}

static inline uint64_t blf_u64(const uint8_t *at) {
    return (uint64_t)blf_u32(at) | (uint64_t)blf_u32(at + 4) << 32;
}

#endif

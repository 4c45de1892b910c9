/* SPDX-License-Identifier: MIT */
#include "harness/capture/blf/stream.h"

#include <assert.h>
#include <string.h>

#define CONTAINER_SIZE 16u /* of the container's own header: method, unpacked size */
#define METHOD_NONE    0
#define METHOD_DEFLATE 2

void blf_stream_init(struct blf_stream *stream, struct source *source) {
    stream->source = source;
    stream->packing = BLF_BETWEEN;
}

void blf_stream_free(struct blf_stream *stream) {
    if (stream->packing == BLF_DEFLATED) {
        inflateEnd(&stream->zip);
    }
}

/* ---- windows ---- */

static size_t window_size(const struct blf_window *window) {
    assert(window->begin <= window->end && window->end <= BLF_WINDOW);
    return window->end - window->begin;
}

static const uint8_t *window_bytes(const struct blf_window *window) {
    return window->bytes + window->begin;
}

/* Moves what is left to the front; returns the room behind it. */
static size_t make_room(struct blf_window *window) {
    memmove(window->bytes, window_bytes(window), window_size(window));
    window->end = window_size(window);
    window->begin = 0;
    return BLF_WINDOW - window->end;
}

/* No more is asked of the source than it has: only a true end is an end to it. */
static bool file_need(struct blf_stream *stream, size_t size) {
    struct blf_window *file = &stream->file;
    while (window_size(file) < size) {
        size_t room = make_room(file), there;
        source_peek(stream->source, &there);
        if (there == 0) {
            return false;
        }
        file->end +=
            source_read(stream->source, file->bytes + file->end, there < room ? there : room);
    }
    return true;
}

/* Past the first byte, to the next that may begin "LOBJ". */
static void to_next_start(struct blf_window *window) {
    window->begin++;
    const uint8_t *start = memchr(window_bytes(window), 'L', window_size(window));
    window->begin = start == NULL ? window->end : (size_t)(start - window->bytes);
}

/* ---- containers ---- */

bool blf_object_at(const uint8_t *bytes, struct blf_object *object) {
    object->header_size = blf_u16(bytes + 4);
    object->version = blf_u16(bytes + 6);
    object->size = blf_u32(bytes + 8);
    object->type = blf_u32(bytes + 12);
    return memcmp(bytes, "LOBJ", 4) == 0 && object->header_size >= BLF_BASE_SIZE &&
           object->size >= object->header_size && object->size <= BLF_OBJECT_MAX;
}

static bool fault(struct blf_stream *stream, const char *en, const char *zh) {
    stream->fault = (struct phrase){en, zh};
    stream->lost = true;
    return false;
}

static bool end_of_file(struct blf_stream *stream, bool cut) {
    stream->ended = true;
    stream->cut = cut;
    return cut ? fault(stream, "the file ends in the middle of a container",
                       "文件在一个容器中间结束")
               : false;
}

/* Finds the start of the next object of the file: at once behind the former one (but for padding),
 * or anywhere when that start was lost. */
static bool find_object(struct blf_stream *stream, struct blf_object *object) {
    struct blf_window *file = &stream->file;
    for (size_t skipped = 0; file_need(stream, BLF_BASE_SIZE); skipped++) {
        if (blf_object_at(window_bytes(file), object)) {
            stream->lost = false;
            return true;
        }
        if (!stream->lost && skipped == BLF_PADDING) {
            return fault(stream, "no object where one has to start", "应有对象处没有对象");
        }
        if (stream->lost) {
            to_next_start(file);
        } else {
            file->begin++;
        }
    }
    bool cut = !stream->lost && window_size(file) >= BLF_PADDING;
    file->begin = file->end;
    return end_of_file(stream, cut);
}

static bool open_container(struct blf_stream *stream) {
    struct blf_object object;
    struct blf_window *file = &stream->file;
    if (!find_object(stream, &object)) {
        return false;
    }
    if (object.type != BLF_LOG_CONTAINER) { /* handed through, header and all */
        stream->packing = BLF_PLAIN;
        stream->packed_left = object.size;
        return true;
    }
    if (!file_need(stream, BLF_BASE_SIZE + CONTAINER_SIZE)) {
        file->begin = file->end;
        return end_of_file(stream, true);
    }
    uint16_t method = blf_u16(window_bytes(file) + BLF_BASE_SIZE);
    file->begin += BLF_BASE_SIZE; /* not more: if this is none, the next may start soon */
    if (object.size < BLF_BASE_SIZE + CONTAINER_SIZE) {
        return fault(stream, "container shorter than its header", "容器比其头部短");
    }
    if (method != METHOD_NONE && method != METHOD_DEFLATE) {
        return fault(stream, "container packed by a method nobody knows", "容器的压缩方法未知");
    }
    file->begin += CONTAINER_SIZE;
    stream->packed_left = object.size - BLF_BASE_SIZE - CONTAINER_SIZE;
    stream->packing = method == METHOD_NONE ? BLF_PLAIN : BLF_DEFLATED;
    stream->zip = (z_stream){0};
    if (method == METHOD_DEFLATE && inflateInit(&stream->zip) != Z_OK) {
        stream->packing = BLF_BETWEEN;
        return fault(stream, "out of memory", "内存不足");
    }
    return true;
}

static bool copy_plain(struct blf_stream *stream) {
    struct blf_window *file = &stream->file, *unpacked = &stream->unpacked;
    size_t count = make_room(unpacked);
    count = count < window_size(file) ? count : window_size(file);
    count = count < stream->packed_left ? count : (size_t)stream->packed_left;
    memcpy(unpacked->bytes + unpacked->end, window_bytes(file), count);
    unpacked->end += count;
    file->begin += count;
    stream->packed_left -= count;
    if (stream->packed_left == 0) {
        stream->packing = BLF_BETWEEN;
    }
    return true;
}

static void close_zip(struct blf_stream *stream) {
    inflateEnd(&stream->zip);
    stream->packing = BLF_BETWEEN;
}

/* A container's end is told twice, by its length and by zlib. */
static bool zip_ended(struct blf_stream *stream) {
    close_zip(stream);
    if (stream->packed_left >= BLF_PADDING) {
        return fault(stream, "container longer than what is packed in it",
                     "容器比其中压缩的内容长");
    }
    if (!file_need(stream, (size_t)stream->packed_left)) {
        stream->packed_left = window_size(&stream->file);
    }
    stream->file.begin += (size_t)stream->packed_left;
    return true;
}

static bool inflate_some(struct blf_stream *stream) {
    struct blf_window *file = &stream->file, *unpacked = &stream->unpacked;
    size_t room = make_room(unpacked);
    size_t input =
        window_size(file) < stream->packed_left ? window_size(file) : (size_t)stream->packed_left;
    z_stream *zip = &stream->zip;
    zip->next_in = file->bytes + file->begin;
    zip->avail_in = (uInt)input;
    zip->next_out = unpacked->bytes + unpacked->end;
    zip->avail_out = (uInt)room;
    int result = inflate(zip, Z_NO_FLUSH);
    size_t taken = input - zip->avail_in, made = room - zip->avail_out;
    file->begin += taken;
    assert(taken <= stream->packed_left && made <= room);
    stream->packed_left -= taken;
    unpacked->end += made;
    if (result == Z_STREAM_END) {
        return zip_ended(stream);
    }
    if (result != Z_OK && result != Z_BUF_ERROR) {
        close_zip(stream);
        return fault(stream, "container whose packed bytes are damaged", "容器的压缩数据已损坏");
    }
    if (stream->packed_left == 0 && taken == 0 && made == 0) {
        close_zip(stream);
        return fault(stream, "container that ends before what is packed in it",
                     "容器在其压缩内容结束之前结束");
    }
    return true;
}

/* Some more bytes into the window of unpacked ones. */
static bool unpack_more(struct blf_stream *stream) {
    if (stream->packing == BLF_BETWEEN) {
        return open_container(stream);
    }
    if (stream->packed_left > 0 && !file_need(stream, 1)) {
        if (stream->packing == BLF_DEFLATED) {
            close_zip(stream);
        }
        stream->packing = BLF_BETWEEN;
        return end_of_file(stream, true);
    }
    return stream->packing == BLF_PLAIN ? copy_plain(stream) : inflate_some(stream);
}

/* ---- the stream ---- */

bool blf_stream_need(struct blf_stream *stream, size_t size) {
    assert(size <= BLF_WINDOW);
    while (window_size(&stream->unpacked) < size) {
        if (stream->ended || stream->fault.en != NULL || !unpack_more(stream)) {
            return false;
        }
    }
    return true;
}

const uint8_t *blf_stream_at(const struct blf_stream *stream) {
    return window_bytes(&stream->unpacked);
}

size_t blf_stream_have(const struct blf_stream *stream) {
    return window_size(&stream->unpacked);
}

bool blf_stream_skip(struct blf_stream *stream, uint64_t size) {
    while (size > 0) {
        if (window_size(&stream->unpacked) == 0 && !blf_stream_need(stream, 1)) {
            return false;
        }
        size_t count =
            window_size(&stream->unpacked) < size ? window_size(&stream->unpacked) : (size_t)size;
        stream->unpacked.begin += count;
        size -= count;
    }
    return true;
}

void blf_stream_search(struct blf_stream *stream) {
    to_next_start(&stream->unpacked);
}

void blf_stream_mend(struct blf_stream *stream) {
    stream->fault = (struct phrase){0};
    stream->unpacked.begin = stream->unpacked.end = 0;
}

/* SPDX-License-Identifier: MIT */
/* Vector BLF, the binary log of CANoe and CANalyzer (python-can and others write it too).
 *
 *   "LOGG", sizes, SYSTEMTIME of start and stop                                  144 bytes
 *   "LOBJ" header, LOG_CONTAINER { "LOBJ" header, CAN_MESSAGE; ... } ...         blf_stream.h
 *
 * Every object has the time since the start, in units of 10 us or 1 ns by its flags. The start is
 * local time without a zone. CAN FD objects that say they are no FD frames are classic ones. After
 * damage the next "LOBJ" is searched for. */
#include "harness/capture/source/reader.h"
#include "harness/capture/blf/stream.h"
#include "harness/capture/source/wall_time.h"
#include "sim/loop.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_HEADER_MIN 72u   /* up to the stop time */
#define FILE_HEADER_MAX 4096u /* 144 in all files seen */
#define START_AT        40u
#define TIMED_HEADER    32u  /* headers of version 1 and 2 have flags and time within it */
#define FRAME_SIZE_MAX  512u /* of any CAN object, extensions included */

#define FLAG_10US      1u
#define FLAG_1NS       2u
#define ID_EXTENDED    0x80000000u
#define MESSAGE_REMOTE 0x80u
#define FD_EDL         0x01u   /* CAN_FD_MESSAGE */
#define FD64_EDL       0x1000u /* CAN_FD_MESSAGE_64 */
#define FD64_REMOTE    0x0010u
#define LOSS_SIZE      16u
#define DIRECTION_TX   1u
#define DIRECTION_TXRQ 2u

struct blf {
    struct blf_stream stream;
    uint64_t records;
    bool searching; /* for the start of an object */
    bool dated;
    int64_t start_ns;
    char network[CAPTURE_NETWORK_MAX];
};

static int recognise(const uint8_t *data, size_t size) {
    return size >= 4 && memcmp(data, "LOGG", 4) == 0 ? 100 : 0;
}

/* Year, month, weekday, day, hour, minute, second, millisecond: 16 bits each. All 0: not known. */
static void take_start(struct blf *blf, const uint8_t *at) {
    struct wall_time time = {.year = blf_u16(at),
                             .month = blf_u16(at + 2),
                             .day = blf_u16(at + 6),
                             .hour = blf_u16(at + 8),
                             .minute = blf_u16(at + 10),
                             .second = blf_u16(at + 12),
                             .ns = blf_u16(at + 14) * NS_PER_MS};
    blf->dated = wall_time_ns(&time, &blf->start_ns);
    if (!blf->dated) {
        blf->start_ns = 0;
    }
    assert(blf->start_ns >= 0);
}

static void *open_blf(struct source *source, const struct capture_options *options,
                      struct problem *problem) {
    (void)options;
    uint8_t header[FILE_HEADER_MAX];
    if (source_read(source, header, FILE_HEADER_MIN) < FILE_HEADER_MIN) {
        problem_set_both(problem, "a BLF file that ends within its header: nothing can be read",
                         "BLF文件在文件头中间结束，无法读取");
        return NULL;
    }
    uint32_t size = blf_u32(header + 4);
    if (size < FILE_HEADER_MIN || size > FILE_HEADER_MAX) {
        problem_set_both(problem, "a BLF file whose header says it is %u bytes long: damaged",
                         "BLF文件头所示长度为%u字节：文件已损坏", size);
        return NULL;
    }
    struct blf *blf = memory_zeroed(1, sizeof *blf);
    take_start(blf, header + START_AT);
    source_read(source, header + FILE_HEADER_MIN, size - FILE_HEADER_MIN);
    blf_stream_init(&blf->stream, source);
    return blf;
}

/* ---- objects ---- */

/* Time in the object's header; false: beyond what a clock can hold. */
static bool take_time(const struct blf *blf, const uint8_t *object, int64_t *at_ns) {
    uint32_t flags = blf_u32(object + 16);
    int64_t unit_ns = (flags & FLAG_1NS) == 0 && (flags & FLAG_10US) != 0 ? 10 * NS_PER_US : 1;
    uint64_t units = blf_u64(object + 24);
    return units <= (uint64_t)((INT64_MAX - blf->start_ns) / unit_ns) &&
           ((*at_ns = blf->start_ns + (int64_t)units * unit_ns), true);
}

/* What the three kinds of CAN objects have in common. */
struct message {
    unsigned channel, dlc, direction;
    uint32_t id;
    bool remote, fd;
    const uint8_t *data;
};

static enum reader_outcome give(struct blf *blf, const struct message *message,
                                struct capture_frame *frame, struct capture_text *what) {
    if (message->fd) {
        return READER_FD;
    }
    if (message->remote) {
        return READER_REMOTE;
    }
    bool extended = (message->id & ID_EXTENDED) != 0;
    uint32_t id = message->id & ~ID_EXTENDED;
    if (id > (extended ? 0x1FFFFFFFu : 0x7FFu)) {
        return reader_damaged(what, "identifier that no CAN frame can have",
                              "标识符超出CAN帧的范围");
    }
    if (message->direction == DIRECTION_TXRQ) {
        return READER_SKIPPED; /* a wish; the frame itself is logged again as Tx */
    }
    unsigned len = message->dlc > 8 ? 8 : message->dlc;
    frame->frame = (struct can_frame_ext){.id = id, .extended = extended, .len = (uint8_t)len};
    memcpy(frame->frame.data, message->data, len);
    frame->sent = message->direction == DIRECTION_TX;
    snprintf(blf->network, sizeof blf->network, "%u", message->channel);
    frame->network = blf->network;
    return READER_FRAME;
}

/* Size of the part behind the header that is used; 0: an object of no interest. */
static size_t body_size(uint32_t type) {
    switch (type) {
    case BLF_CAN_MESSAGE:
    case BLF_CAN_MESSAGE2:
        return 16;
    case BLF_CAN_FD_MESSAGE:
        return 20 + 8;
    case BLF_CAN_FD_MESSAGE_64:
        return 40;
    default:
        return 0;
    }
}

static struct message classic_at(const uint8_t *body) {
    return (struct message){.channel = blf_u16(body),
                            .direction = body[2] & 0x0Fu,
                            .remote = (body[2] & MESSAGE_REMOTE) != 0,
                            .dlc = body[3],
                            .id = blf_u32(body + 4),
                            .data = body + 8};
}

static struct message fd_at(const uint8_t *body) {
    struct message message = classic_at(body);
    message.fd = (body[13] & FD_EDL) != 0;
    message.data = body + 20;
    return message;
}

static struct message fd64_at(const uint8_t *body) {
    uint32_t flags = blf_u32(body + 12);
    return (struct message){.channel = body[0],
                            .dlc = body[1],
                            .id = blf_u32(body + 4),
                            .remote = (flags & FD64_REMOTE) != 0,
                            .fd = (flags & FD64_EDL) != 0,
                            .direction = body[34],
                            .data = body + 40};
}

/* The whole object, size checked by the caller, is at bytes. */
static enum reader_outcome can_object(struct blf *blf, const uint8_t *bytes,
                                      const struct blf_object *object, struct capture_frame *frame,
                                      struct capture_text *what) {
    if (object->header_size < TIMED_HEADER || object->version < 1 || object->version > 2) {
        return reader_damaged(what, "object header of a version nobody knows", "对象头的版本未知");
    }
    if (object->size < object->header_size + body_size(object->type)) {
        return reader_damaged(what, "CAN object shorter than its fields", "CAN对象比其字段短");
    }
    if (!take_time(blf, bytes, &frame->at_ns)) {
        return reader_damaged(what, "time beyond what a clock can hold", "时间超出时钟范围");
    }
    const uint8_t *body = bytes + object->header_size;
    struct message message = object->type == BLF_CAN_FD_MESSAGE      ? fd_at(body)
                             : object->type == BLF_CAN_FD_MESSAGE_64 ? fd64_at(body)
                                                                     : classic_at(body);
    assert(message.data >= body && message.data <= bytes + object->size); /* body_size has it */
    size_t room = object->size - (size_t)(message.data - bytes);
    if (!message.fd && !message.remote && room < (message.dlc > 8 ? 8 : message.dlc)) {
        return reader_damaged(what, "CAN object shorter than its data", "CAN对象比其数据短");
    }
    return give(blf, &message, frame, what);
}

/* ---- from object to object ---- */

/* To the next "LOBJ": behind padding, or wherever it is after damage. */
static bool find_object(struct blf *blf, struct blf_object *object, bool *found) {
    *found = false;
    for (size_t skipped = 0; blf_stream_need(&blf->stream, BLF_BASE_SIZE); skipped++) {
        if (blf_object_at(blf_stream_at(&blf->stream), object)) {
            blf->searching = false;
            *found = true;
            return true;
        }
        if (!blf->searching && skipped == BLF_PADDING) {
            return true;
        }
        if (blf->searching) {
            blf_stream_search(&blf->stream);
        } else {
            blf_stream_skip(&blf->stream, 1);
        }
    }
    return false;
}

static enum reader_outcome end_of_stream(struct blf *blf, struct capture_text *what) {
    struct blf_stream *stream = &blf->stream;
    if (stream->fault.en != NULL) {
        enum reader_outcome outcome = stream->cut ? READER_CUT : READER_DAMAGED;
        reader_damaged(what, stream->fault.en, stream->fault.zh);
        blf_stream_mend(stream);
        blf->searching = true;
        return outcome;
    }
    bool cut = !blf->searching && blf_stream_have(stream) >= BLF_PADDING;
    if (cut) {
        reader_damaged(what, "the file ends in the middle of an object", "文件在一个对象中间结束");
        blf_stream_mend(stream);
    }
    return cut ? READER_CUT : READER_END;
}

/* CANoe could not keep up: queue (4 bytes), time of the first event lost (8), how many (4). */
static enum reader_outcome loss(const uint8_t *bytes, const struct blf_object *object,
                                struct capture_text *what) {
    bool counted = object->size >= object->header_size + LOSS_SIZE;
    return reader_lost(what, counted ? blf_u32(bytes + object->header_size + 12) : 0);
}

static enum reader_outcome object_outcome(struct blf *blf, const struct blf_object *object,
                                          struct capture_frame *frame, struct capture_text *what) {
    switch (object->type) {
    case BLF_CAN_ERROR:
    case BLF_CAN_ERROR_EXT:
    case BLF_CAN_FD_ERROR_64:
        return READER_ERROR_FRAME;
    case BLF_DATA_LOST_END:
        return loss(blf_stream_at(&blf->stream), object, what);
    default:
        return body_size(object->type) == 0
                   ? READER_SKIPPED
                   : can_object(blf, blf_stream_at(&blf->stream), object, frame, what);
    }
}

static enum reader_outcome next(void *state, struct source *source, struct capture_frame *frame,
                                struct capture_text *what) {
    (void)source; /* the stream has it */
    struct blf *blf = state;
    struct blf_object object;
    bool found;
    frame->line = blf->records + 1;
    if (!find_object(blf, &object, &found)) {
        return end_of_stream(blf, what);
    }
    frame->line = ++blf->records;
    bool can = found && (body_size(object.type) != 0 || object.type == BLF_DATA_LOST_END);
    if (!found || (can && object.size > FRAME_SIZE_MAX)) {
        blf->searching = true;
        blf_stream_skip(&blf->stream, found);
        return found
                   ? reader_damaged(what, "CAN object of impossible length", "CAN对象的长度不可能")
                   : reader_damaged(what, "no object where one has to start", "应有对象处没有对象");
    }
    if (can && !blf_stream_need(&blf->stream, object.size)) {
        return end_of_stream(blf, what);
    }
    enum reader_outcome outcome = object_outcome(blf, &object, frame, what);
    blf_stream_skip(&blf->stream, object.size);
    return outcome;
}

static void describe(const void *state, struct reader_about *about) {
    const struct blf *blf = state;
    capture_text_set(&about->dialect, "Vector BLF", "Vector BLF");
    about->clock =
        blf->dated && blf->start_ns >= WALL_TIME_KNOWN_NS ? CLOCK_ABSOLUTE : CLOCK_RELATIVE;
}

static void close_blf(void *state) {
    struct blf *blf = state;
    blf_stream_free(&blf->stream);
    free(blf);
}

const struct reader reader_blf = {
    .format = CAPTURE_BLF,
    .recognise = recognise,
    .open = open_blf,
    .next = next,
    .describe = describe,
    .close = close_blf,
};

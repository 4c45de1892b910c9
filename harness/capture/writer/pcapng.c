/* SPDX-License-Identifier: MIT */
/* Writer of pcapng, little-endian, one interface a network, times in nanoseconds. Source: IETF
 * draft-ietf-opsawg-pcapng; link type 227 of the tcpdump group. */
#include "harness/capture/writer/internal.h"

#include <assert.h>
#include <string.h>

#define LINK_SOCKETCAN   227u
#define BLOCK_SECTION    0x0A0D0D0Au
#define BLOCK_INTERFACE  1u
#define BLOCK_PACKET     6u
#define BYTE_ORDER       0x1A2B3C4Du
#define OPTION_USERAPPL  4u
#define OPTION_NAME      2u
#define OPTION_TSRESOL   9u
#define OPTION_FLAGS     2u
#define FLAG_OUTBOUND    2u
#define NANOSECONDS      9u
#define PROGRAM          "pilebench"
#define BLOCK_ROOM       128u
#define CAN_FRAME_HEADER 8u

/* A block being built. */
struct block {
    size_t size;
    uint8_t bytes[BLOCK_ROOM];
};

static void put_u16(struct block *block, unsigned value) {
    block->bytes[block->size++] = (uint8_t)value;
    block->bytes[block->size++] = (uint8_t)(value >> 8);
}

static void put_u32(struct block *block, uint32_t value) {
    put_u16(block, value & 0xFFFFu);
    put_u16(block, value >> 16);
}

/* Padded to a multiple of 4 bytes. */
static void put_bytes(struct block *block, const void *bytes, size_t size) {
    assert(block->size + size + 3 <= BLOCK_ROOM);
    memcpy(block->bytes + block->size, bytes, size);
    block->size += size;
    while (block->size % 4 != 0) {
        block->bytes[block->size++] = 0;
    }
}

static void put_option(struct block *block, unsigned code, const void *value, size_t size) {
    put_u16(block, code);
    put_u16(block, (unsigned)size);
    put_bytes(block, value, size);
}

static void begin(struct block *block, uint32_t type) {
    block->size = 0;
    put_u32(block, type);
    put_u32(block, 0); /* length, by finish */
}

static void finish(struct capture_writer *writer, struct block *block) {
    uint32_t length = (uint32_t)block->size + 4;
    put_u32(block, length);
    for (unsigned i = 0; i < 4; i++) {
        block->bytes[4 + i] = (uint8_t)(length >> 8 * i);
    }
    assert(block->size == length && length % 4 == 0);
    writer_put(writer, block->bytes, block->size);
}

static void section(struct capture_writer *writer) {
    struct block block;
    begin(&block, BLOCK_SECTION);
    put_u32(&block, BYTE_ORDER);
    put_u16(&block, 1);
    put_u16(&block, 0);
    put_u32(&block, UINT32_MAX); /* length of the section: not known */
    put_u32(&block, UINT32_MAX);
    put_option(&block, OPTION_USERAPPL, PROGRAM, strlen(PROGRAM));
    put_u32(&block, 0);
    finish(writer, &block);
}

static void interface(struct capture_writer *writer, size_t network) {
    struct block block;
    const char *name = writer_network(writer, network)->name;
    const uint8_t resolution = NANOSECONDS;
    if (writer_first(writer)) {
        section(writer);
    }
    begin(&block, BLOCK_INTERFACE);
    put_u16(&block, LINK_SOCKETCAN);
    put_u16(&block, 0);
    put_u32(&block, 0); /* no limit on the length of packets */
    put_option(&block, OPTION_NAME, name, strlen(name));
    put_option(&block, OPTION_TSRESOL, &resolution, 1);
    put_u32(&block, 0);
    finish(writer, &block);
}

static void packet(struct capture_writer *writer, const struct capture_frame *frame,
                   size_t network) {
    static const uint8_t outbound[4] = {FLAG_OUTBOUND};
    const struct can_frame_ext *can = &frame->frame;
    uint32_t id = can->id | (can->extended ? 0x80000000u : 0);
    uint8_t bytes[CAN_FRAME_HEADER + 8] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16),
                                           (uint8_t)(id >> 8), (uint8_t)id, can->len};
    memcpy(bytes + CAN_FRAME_HEADER, can->data, can->len);
    uint32_t size = CAN_FRAME_HEADER + can->len;
    struct block block;
    begin(&block, BLOCK_PACKET);
    put_u32(&block, (uint32_t)network);
    put_u32(&block, (uint32_t)((uint64_t)frame->at_ns >> 32));
    put_u32(&block, (uint32_t)frame->at_ns);
    put_u32(&block, size);
    put_u32(&block, size);
    put_bytes(&block, bytes, size);
    if (frame->sent) {
        put_option(&block, OPTION_FLAGS, outbound, sizeof outbound);
        put_u32(&block, 0);
    }
    finish(writer, &block);
}

static void end(struct capture_writer *writer) {
    if (writer_first(writer)) {
        section(writer); /* no frame at all is a file too */
    }
}

const struct writer_format writer_pcapng = {.frame = packet, .end = end, .network = interface};

/* SPDX-License-Identifier: MIT */
/* fuzz_blf.c: the reader of Vector BLF on arbitrary bytes. A fuzzer hardly ever hits upon a valid
 * zlib stream: inputs that do not begin as a BLF file are packed into the containers of one, cut
 * where their first byte says, so that the objects inside are reached. */
#include "fuzz_reader.h"

#include <zlib.h>

#define FILE_HEADER 144u
#define CONTAINER   32u
#define INPUT_MAX   65535u /* of one stored block */
#define ZLIB_EXTRA  11u    /* header, head of the block, checksum */

/* A zlib stream of one stored block: as good as any to the reader, and made at no cost. */
static size_t put_zlib(uint8_t *to, const uint8_t *data, size_t size) {
    uint32_t sum = (uint32_t)adler32(1, data, (uInt)size);
    const uint8_t head[] = {0x78,
                            0x01,
                            0x01,
                            (uint8_t)size,
                            (uint8_t)(size >> 8),
                            (uint8_t)~size,
                            (uint8_t)(~size >> 8)};
    memcpy(to, head, sizeof head);
    memcpy(to + sizeof head, data, size);
    for (unsigned i = 0; i < 4; i++) {
        to[sizeof head + size + i] = (uint8_t)(sum >> 8 * (3 - i));
    }
    return size + ZLIB_EXTRA;
}

static size_t put_container(uint8_t *to, const uint8_t *data, size_t size) {
    uint32_t length = CONTAINER + (uint32_t)put_zlib(to + CONTAINER, data, size);
    memset(to, 0, CONTAINER);
    memcpy(to, "LOBJ\x10\0\x01\0", 8);
    for (unsigned i = 0; i < 4; i++) {
        to[8 + i] = (uint8_t)(length >> 8 * i);
    }
    to[12] = 10;
    to[16] = 2;
    return length;
}

static void packed(const uint8_t *data, size_t size) {
    size_t room = FILE_HEADER + 2 * (size + CONTAINER + ZLIB_EXTRA), cut = data[0] % size;
    uint8_t *file = calloc(1, room);
    must(file != NULL);
    memcpy(file, "LOGG\x90", 5);
    size_t used = FILE_HEADER;
    used += put_container(file + used, data, cut);
    used += put_container(file + used, data + cut, size - cut);
    fuzz_reader(&reader_blf, file, used);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size >= 4 && size <= INPUT_MAX && memcmp(data, "LOGG", 4) != 0) {
        packed(data, size);
    } else {
        fuzz_reader(&reader_blf, data, size);
    }
    return 0;
}

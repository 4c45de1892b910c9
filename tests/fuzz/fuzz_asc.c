/* SPDX-License-Identifier: MIT */
/* fuzz_asc.c: the reader of Vector ASC on arbitrary bytes. */
#include "fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_reader(&reader_asc, data, size);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* fuzz_pcapng.c: the reader of pcapng and pcap on arbitrary bytes. */
#include "fuzz_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_reader(&reader_pcapng, data, size);
    return 0;
}

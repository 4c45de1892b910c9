/* SPDX-License-Identifier: MIT */
/* The reference core, which first tries its host's storage in every size, and ends when something is not
 * as dut.h says. It may not show whether it runs in the bench's process or isolated. */
#include "dut.h"

#include <stdlib.h>
#include <string.h>

#define PLACE 1000001u /* of the bulk storage, behind what the core uses */

const struct dut_api *core_dut_entry(void);

static uint8_t written[300000], read[sizeof written];

static void must(bool holds) {
    if (!holds) {
        abort();
    }
}

static void try_bulk(const struct dut_host *host, size_t size) {
    memset(read, 0, sizeof read);
    must(host->bulk_write(host->ctx, PLACE, written, size) == (int)size);
    must(host->bulk_read(host->ctx, PLACE, read, size) == (int)size);
    must(memcmp(read, written, size) == 0);
}

static void try_storage(const struct dut_host *host) {
    static const size_t sizes[] = {0, 1, 4096, 65535, 65536, 65537, 131072, sizeof written};
    for (size_t i = 0; i < sizeof written; i++) {
        written[i] = (uint8_t)(i * 7 + i / 251);
    }
    bool before = host->store_read(host->ctx, 60, read, 10) >= 0; /* a power cut */
    must(host->bulk_read(host->ctx, PLACE, read, 100) == 100);
    must(read[99] == (before ? written[99] : 0xFF)); /* erased */
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        try_bulk(host, sizes[i]);
    }
    must(host->bulk_write(host->ctx, 128u * 1024 * 1024 - 10, written, 11) == DUT_ERROR_ABSENT);
    must(host->bulk_read(host->ctx, UINT32_MAX, read, sizeof read) == DUT_ERROR_ABSENT);
    must(before || host->store_read(host->ctx, 60, read, 10) == DUT_ERROR_ABSENT);
    must(host->store_write(host->ctx, 60, written, 4096) == 0);
    must(host->store_read(host->ctx, 60, read, 100000) == 4096);
    must(host->store_read(host->ctx, 60, read, 17) == 17);
    must(host->store_write(host->ctx, 60, written, sizeof written) == DUT_ERROR_ARGUMENT);
    must(host->wall_time(host->ctx) > 0);
    must(host->serial_write(host->ctx, DUT_LINE_AC_METER, written, 0) >= 0);
    must(host->input(host->ctx, 0, DUT_IN_PE_OK) == 1);
    host->log(host->ctx, "storage tried");
}

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    try_storage(host);
    return core_dut_entry()->init(dut, host, now_ns);
}

const struct dut_api *dut_entry(void) {
    static struct dut_api api;
    api = *core_dut_entry();
    api.init = init;
    return &api;
}

/* SPDX-License-Identifier: MIT */
/* old_version.h: the reference core as firmware of an earlier version of dut.h: its struct dut_api
 * ends where that version's ended, and a byte behind it cannot be read.
 *
 *   #define OLD_VERSION 2u
 *   #include "old_version.h" */
#include "dut.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OLD_BYTES offsetof(struct dut_api, capability)

const struct dut_api *core_dut_entry(void);

/* A step of an input that its dut.h did not have is a fault of the host. */
static void old_on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                         int32_t value) {
    if (channel > DUT_IN_AC_MV) {
        abort();
    }
    core_dut_entry()->on_input(dut, now_ns, gun, channel, value);
}

const struct dut_api *dut_entry(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0) {
        return NULL;
    }
    struct dut_api api = *core_dut_entry();
    api.abi_version = OLD_VERSION;
    api.on_input = old_on_input;
    return memcpy(pages + page - OLD_BYTES, &api, OLD_BYTES);
}

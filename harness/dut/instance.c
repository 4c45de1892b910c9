/* SPDX-License-Identifier: MIT */
#include "harness/dut/instance.h"

#include <assert.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARD   ((size_t)1024 * 1024) /* costs addresses, no memory */
#define NEAR    64
#define PATTERN 0xA5
#define ALIGN   alignof(max_align_t)

static size_t rounded_up(size_t size, size_t to) {
    return (size + to - 1) / to * to;
}

bool dut_instance_make(struct dut_instance *instance, size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), aligned = rounded_up(size, ALIGN);
    size_t usable = rounded_up(aligned, page);
    assert(size > 0 && GUARD % page == 0);
    *instance = (struct dut_instance){.size = size, .block_size = usable + 2 * GUARD};
    void *block = mmap(NULL, instance->block_size, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return false;
    }
    instance->block = block;
    instance->first = instance->block + GUARD;
    instance->last = instance->first + usable;
    instance->memory = instance->last - aligned;
    if (mprotect(instance->first, usable, PROT_READ | PROT_WRITE) != 0) {
        dut_instance_free(instance);
        return false;
    }
    memset(instance->first, PATTERN, usable);
    dut_instance_clear(instance);
    return true;
}

void dut_instance_clear(struct dut_instance *instance) {
    memset(instance->memory, 0, instance->size);
}

static bool is_touched(const uint8_t *from, const uint8_t *to) {
    uint8_t differs = 0;
    for (; from < to; from++) {
        differs |= *from ^ PATTERN;
    }
    return differs != 0;
}

/* The same of NEAR bytes, asked after every call of the firmware: a length that the compiler knows. */
static bool is_near_touched(const uint8_t *from) {
    uint64_t differs = 0, words[NEAR / sizeof(uint64_t)];
    memcpy(words, from, sizeof words);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        differs |= words[i] ^ UINT64_MAX / 0xFF * PATTERN;
    }
    return differs != 0;
}

enum dut_blame dut_instance_check(const struct dut_instance *instance, bool thorough) {
    const uint8_t *begin = instance->memory, *end = begin + instance->size;
    if (is_touched(end, instance->last)) {
        return DUT_BLAME_BEHIND;
    }
    bool all = thorough || begin - instance->first < NEAR;
    bool before = all ? is_touched(instance->first, begin) : is_near_touched(begin - NEAR);
    return before ? DUT_BLAME_BEFORE : DUT_BLAME_NONE;
}

/* Of the one that is watched: a crash has no other way to find it. */
static const struct dut_instance *watched;
static volatile int *watched_blame;

/* The default action follows: the access is tried again, and what was only sent is sent again. */
static void crashed(int number, siginfo_t *info, void *context) {
    const uint8_t *at = info->si_addr;
    (void)context;
    if (info->si_code <= 0) { /* by kill: there is no address */
        raise(number);
    } else if (at >= watched->block && at < watched->first) {
        *watched_blame = DUT_BLAME_BEFORE;
    } else if (at >= watched->last && at < watched->block + watched->block_size) {
        *watched_blame = DUT_BLAME_BEHIND;
    }
}

void dut_instance_watch(const struct dut_instance *instance, volatile int *blame) {
#ifndef __SANITIZE_ADDRESS__ /* which has handlers of its own, that tell more */
    struct sigaction action = {.sa_sigaction = crashed, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND};
    watched = instance;
    watched_blame = blame;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
#else
    (void)instance;
    (void)blame;
#endif
}

void dut_instance_free(struct dut_instance *instance) {
    if (watched == instance) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        watched = NULL;
    }
    if (instance->block != NULL) {
        munmap(instance->block, instance->block_size);
    }
    *instance = (struct dut_instance){0};
}

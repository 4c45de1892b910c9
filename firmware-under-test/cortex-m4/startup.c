/* SPDX-License-Identifier: MIT */
/* Vector table, memory set-up, and the two library functions that the compiler itself calls. */
#include <stddef.h>
#include <stdint.h>

extern uint32_t stack_top, data_load, data_begin, data_end, bss_begin, bss_end;

int main(void);
void reset(void);
void stop(void);
void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int value, size_t count);

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
    uint8_t *restrict t = to;
    const uint8_t *restrict f = from;
    while (count-- > 0) {
        *t++ = *f++;
    }
    return to;
}

void *memset(void *to, int value, size_t count) {
    uint8_t *t = to;
    while (count-- > 0) {
        *t++ = (uint8_t)value;
    }
    return to;
}

/* A fault or a violated invariant: wait for the watchdog, which drops all outputs. */
void stop(void) {
    for (;;) {
    }
}

void reset(void) {
    const uint32_t *from = &data_load;
    for (uint32_t *to = &data_begin; to < &data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = &bss_begin; to < &bss_end;) {
        *to++ = 0;
    }
    main();
    stop();
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &stack_top,
    (const void *)reset,
    (const void *)stop,
    (const void *)stop,
    (const void *)stop,
    (const void *)stop,
    (const void *)stop,
    NULL,
    NULL,
    NULL,
    NULL,
    (const void *)stop,
    (const void *)stop,
    NULL,
    (const void *)stop,
    (const void *)stop,
};

/* SPDX-License-Identifier: MIT */
/* How many messages a second the decoder alone takes, on one core: message_decode over what a
 * charge consists of. A figure, not a test.
 *
 *   bench_decode [MESSAGES]            decodes, prints messages a second
 *   bench_decode --write FILE [N]      writes N of the same messages as a candump log, for others
 *
 * The mix is that of a second of charging with its end: 20 BCL, 20 CCS, 4 BCS, 4 BSM, 1 BST, 1 CST.
 * Payloads vary, so that branches do not learn one of them by heart. */
#include "vehicle_bms/message/messages.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VARIETY 4000 /* different messages */
#define ROUNDS  5    /* the best counts: other programs only make it slower */

struct sample {
    const struct message *message;
    size_t length;
    uint8_t data[16];
};

static const struct {
    enum message_index index;
    unsigned per_second;
    uint8_t typical[9];
} mix[] = {
    {MESSAGE_BCL, 20, {0xA5, 0x10, 0xD8, 0x0E, 0x02}},
    {MESSAGE_CCS, 20, {0x24, 0x0B, 0xA0, 0x0F, 0x05, 0x00, 0xFD, 0xFF}},
    {MESSAGE_BCS, 4, {0xC5, 0x0E, 0xA0, 0x0F, 0x4C, 0x61, 0x4D, 0x20, 0x00}},
    {MESSAGE_BSM, 4, {0x1E, 0x36, 0x06, 0x35, 0x0F, 0x00, 0xD0}},
    {MESSAGE_BST, 1, {0x40, 0x00, 0x00, 0xF0}},
    {MESSAGE_CST, 1, {0x04, 0x00, 0xF0, 0xF0}},
};
#define KINDS (sizeof mix / sizeof mix[0])

static struct sample sample_of(size_t kind, uint32_t random) {
    struct sample one = {.message = &messages[mix[kind].index]};
    one.length = message_form(one.message, EDITION_2015)->length_sent;
    memcpy(one.data, mix[kind].typical, sizeof mix[kind].typical);
    if (one.length > 4) { /* voltage and current move; states stay */
        one.data[0] = (uint8_t)random;
        one.data[2] = (uint8_t)(random >> 8);
    }
    return one;
}

static void fill(struct sample *samples) {
    uint32_t random = 1;
    unsigned all = 0;
    for (size_t kind = 0; kind < KINDS; kind++) {
        all += mix[kind].per_second;
    }
    for (size_t i = 0; i < VARIETY; i++) {
        random = random * 1664525u + 1013904223u;
        unsigned place = (random >> 8) % all;
        size_t kind = 0;
        while (place >= mix[kind].per_second) {
            place -= mix[kind++].per_second;
        }
        samples[i] = sample_of(kind, random >> 16);
    }
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* The sum is printed, so that nothing can be left out as unused. */
static double decode_all(const struct sample *samples, uint64_t count, double *sum) {
    double values[MESSAGE_FIELDS_MAX];
    enum field_state states[MESSAGE_FIELDS_MAX];
    double begin = seconds();
    for (uint64_t i = 0, at = 0; i < count; i++, at = at + 1 < VARIETY ? at + 1 : 0) {
        const struct sample *one = &samples[at];
        message_decode(one->message, one->data, one->length, values, states);
        *sum += states[0] == FIELD_VALUE ? values[0] : 0;
    }
    return seconds() - begin;
}

static int bench(const struct sample *samples, uint64_t count) {
    double best = INFINITY, sum = 0;
    uint64_t fields = 0;
    for (size_t i = 0; i < VARIETY; i++) {
        fields += samples[i].message->field_count;
    }
    for (int round = 0; round < ROUNDS; round++) {
        best = fmin(best, decode_all(samples, count / ROUNDS, &sum));
    }
    double rate = (double)(count / ROUNDS) / best;
    printf("%.1f million messages a second, %.1f million fields (one core, best of %d; sum %.0f)\n",
           rate / 1e6, rate * (double)fields / VARIETY / 1e6, ROUNDS, sum);
    return EXIT_SUCCESS;
}

/* BCS, which takes two packets, is written by the identifier of the J1939 formula, cut to a frame:
 * the reader that it is for looks at frames only. */
static int write_log(const struct sample *samples, const char *path, uint64_t count) {
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        return EXIT_FAILURE;
    }
    for (uint64_t i = 0; i < count; i++) {
        const struct sample *one = &samples[i % VARIETY];
        fprintf(out, "(%" PRIu64 ".%06" PRIu64 ") can0 %08" PRIX32 "#", 1700000000 + i / 50,
                i % 50 * 20000, message_id(one->message));
        for (size_t k = 0; k < one->length && k < 8; k++) {
            fprintf(out, "%02X", one->data[k]);
        }
        fputc('\n', out);
    }
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    struct sample *samples = calloc(VARIETY, sizeof *samples);
    if (samples == NULL) {
        return EXIT_FAILURE;
    }
    fill(samples);
    bool writes = argc > 2 && strcmp(argv[1], "--write") == 0;
    const char *number = writes ? (argc > 3 ? argv[3] : "200000") : argc > 1 ? argv[1] : "50000000";
    uint64_t count = strtoull(number, NULL, 10);
    int code = writes ? write_log(samples, argv[2], count) : bench(samples, count);
    free(samples);
    return code;
}

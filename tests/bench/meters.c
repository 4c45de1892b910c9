/* SPDX-License-Identifier: MIT */
/* 64 simulated meters on one line, polled round and round for a simulated day by the bench's
 * master: no reading may be lost, none may be wrong. Prints how many times faster than real time it
 * went.
 *
 *   meters [HOURS]        24 when left out; exit code 1 when a reading was lost or wrong */
#include "meter/master.h"
#include "meter/simulated.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define METERS_ON_LINE 64
#define BITS_PER_S     9600
#define J_PER_10WH     36000.0

struct post {
    struct simulated *meter;
    uint8_t address[6];
    double power_w;
    int64_t last_10wh;
    uint64_t readings;
};

struct bench {
    struct loop loop;
    struct serial_line *line;
    struct master master;
    struct post posts[METERS_ON_LINE];
    unsigned next;
    uint64_t lost, wrong, round_trips;
};

static double energy_j(void *ctx, int64_t now_ns) {
    return ((const struct post *)ctx)->power_w * (double)now_ns / (double)NS_PER_S;
}

static double voltage_v(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 750.0;
}

static double current_a(void *ctx, int64_t now_ns, unsigned phase) {
    (void)now_ns, (void)phase;
    return ((const struct post *)ctx)->power_w / 750.0;
}

static double power_w(void *ctx, int64_t now_ns, unsigned phase) {
    (void)now_ns, (void)phase;
    return ((const struct post *)ctx)->power_w;
}

static void ask_next(struct bench *bench);

/* The register as it has to be now, or one digit less: it was read a moment ago. */
static void answered(void *ctx, const struct master_result *result) {
    struct bench *bench = ctx;
    struct post *post = &bench->posts[bench->next];
    int64_t value = -1;
    const struct meter_item *item = meter_item(METER_DC_VENDOR, METER_ENERGY_FORWARD);
    if (result->outcome != MASTER_DONE || !meter_item_get(item, result->data, &value)) {
        bench->lost++;
    } else {
        int64_t now_10wh = (int64_t)(energy_j(post, bench->loop.now_ns) / J_PER_10WH + 1e-7);
        bench->wrong += value > now_10wh || value + 1 < now_10wh || value < post->last_10wh;
        post->last_10wh = value;
        post->readings++;
    }
    bench->next = (bench->next + 1) % METERS_ON_LINE;
    bench->round_trips++;
    ask_next(bench);
}

static void ask_next(struct bench *bench) {
    if (master_read(&bench->master, bench->posts[bench->next].address, METER_ENERGY_FORWARD,
                    answered, bench) != 0) {
        bench->lost++;
    }
}

static void begin(struct bench *bench) {
    loop_init(&bench->loop, LOOP_VIRTUAL);
    bench->line = serial_bus_new(&bench->loop, "meters", BITS_PER_S);
    master_init(&bench->master, &bench->loop, bench->line, &master_params_default);
    for (unsigned i = 0; i < METERS_ON_LINE; i++) {
        struct post *post = &bench->posts[i];
        struct simulated_params params = simulated_params_default;
        struct meter_source source = {energy_j, voltage_v, current_a, power_w, post, NULL};
        char text[METER_ADDRESS_TEXT];
        snprintf(text, sizeof text, "%u", 1000 + i);
        meter_address_from_text(text, post->address);
        memcpy(params.registers.address, post->address, sizeof post->address);
        params.registers.type = METER_DC_VENDOR;
        params.bits_per_s = BITS_PER_S;
        post->power_w = 1000.0 * (i + 1);
        post->meter = simulated_new(&bench->loop, bench->line, &params, &source);
    }
}

static void end(struct bench *bench) {
    for (unsigned i = 0; i < METERS_ON_LINE; i++) {
        simulated_free(bench->posts[i].meter);
    }
    master_free(&bench->master);
    serial_free(bench->line);
    loop_free(&bench->loop);
}

static double clock_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
    static struct bench bench;
    double hours = argc > 1 ? strtod(argv[1], NULL) : 24.0;
    if (!(hours > 0.0 && hours <= 8760.0)) {
        fprintf(stderr, "usage: %s [HOURS]   (more than 0, at most 8760)\n", argv[0]);
        return 2;
    }
    begin(&bench);
    double from_s = clock_s();
    ask_next(&bench);
    loop_run(&bench.loop, (int64_t)(hours * 3600.0 * (double)NS_PER_S));
    double took_s = clock_s() - from_s;
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < METERS_ON_LINE; i++) {
        least = bench.posts[i].readings < least ? bench.posts[i].readings : least;
    }
    printf("%d meters, %.1f h: %llu readings (each meter %llu at least), %llu lost, %llu wrong, "
           "%llu repeated; %.1f s, %.0f times real time\n",
           METERS_ON_LINE, hours, (unsigned long long)bench.round_trips, (unsigned long long)least,
           (unsigned long long)bench.lost, (unsigned long long)bench.wrong,
           (unsigned long long)bench.master.stats.retries, took_s, hours * 3600.0 / took_s);
    bool whole = bench.lost == 0 && bench.wrong == 0 && least > 0;
    end(&bench);
    return whole ? EXIT_SUCCESS : EXIT_FAILURE;
}

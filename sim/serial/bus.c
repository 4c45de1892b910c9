/* SPDX-License-Identifier: MIT */
/* The in-process line: one timer event a run. Runs that overlap are kept together until the last
 * of them has ended, then handed over as one garbled run. */
#include "sim/memory.h"
#include "sim/serial/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 8 /* at once on the wire; more stations than that are refused */

struct wire_run {
    struct serial_station *sender;
    int64_t start_ns; /* start bit of the first byte */
    int64_t byte_ns;
    size_t count;
    uint8_t bytes[SERIAL_QUEUE];
};

struct bus {
    struct serial_line line;
    struct timer end; /* of the last run on the wire */
    struct wire_run runs[RUNS_MAX];
    size_t count;
    size_t under_way; /* bytes sent and not yet handed over */
};

static int64_t end_of(const struct wire_run *run) {
    assert(run->byte_ns > 0);
    return run->start_ns + (int64_t)run->count * run->byte_ns;
}

static int64_t end_of_all(const struct bus *bus) {
    int64_t end = 0;
    for (size_t i = 0; i < bus->count; i++) {
        end = end_of(&bus->runs[i]) > end ? end_of(&bus->runs[i]) : end;
    }
    return end;
}

/* What the wire carries while this byte of this run is on it: both drivers pull, zeros win. */
static uint8_t on_the_wire(const struct bus *bus, const struct wire_run *run, size_t index) {
    assert(index < run->count && run->byte_ns > 0);
    int64_t from = run->start_ns + (int64_t)index * run->byte_ns, to = from + run->byte_ns;
    uint8_t value = run->bytes[index];
    for (size_t i = 0; i < bus->count; i++) {
        const struct wire_run *other = &bus->runs[i];
        if (other == run || end_of(other) <= from || other->start_ns >= to) {
            continue;
        }
        int64_t at = from < other->start_ns ? 0 : (from - other->start_ns) / other->byte_ns;
        value &= other->bytes[(size_t)at < other->count ? (size_t)at : other->count - 1];
        value &= (uint8_t)~0x10; /* out of step, even the same byte is not received as sent */
    }
    return value;
}

/* Nobody who sent hears anything of a collision: his driver was on. */
static void deliver_collision(struct bus *bus, int64_t now_ns) {
    assert(bus->count > 1); /* one alone meets nobody */
    uint8_t bytes[RUNS_MAX * SERIAL_QUEUE];
    size_t count = 0;
    struct wire_run *first = &bus->runs[0];
    for (size_t i = 0; i < bus->count; i++) {
        for (size_t k = 0; k < bus->runs[i].count; k++) {
            bytes[count++] = on_the_wire(bus, &bus->runs[i], k);
        }
    }
    struct serial_run run = {.bytes = bytes,
                             .count = count,
                             .first_ns = first->start_ns + first->byte_ns,
                             .byte_ns = first->byte_ns,
                             .garbled = true};
    assert(count == bus->under_way); /* garbled, but none lost or added */
    bus->under_way = 0;
    bus->line.stats.collisions += bus->count;
    bus->line.stats.runs++;
    bus->line.stats.bytes += count;
    for (struct serial_station *one = bus->line.stations; one != NULL;
         one = bus->line.next_station) {
        bool sent = false;
        bus->line.next_station = one->next;
        for (size_t i = 0; i < bus->count; i++) {
            sent = sent || bus->runs[i].sender == one;
        }
        if (!sent) {
            one->received(one->ctx, now_ns, &run);
        }
    }
    bus->line.next_station = NULL;
}

static void all_ended(void *ctx, int64_t now_ns) {
    struct bus *bus = ctx;
    size_t count = bus->count;
    assert(count > 0 && now_ns >= end_of_all(bus));
    if (count > 1) {
        deliver_collision(bus, now_ns);
        bus->count = 0;
        return;
    }
    struct wire_run run = bus->runs[0];
    struct serial_run whole = {.bytes = run.bytes,
                               .count = run.count,
                               .first_ns = run.start_ns + run.byte_ns,
                               .byte_ns = run.byte_ns};
    assert(run.count == bus->under_way);
    bus->under_way = 0;
    bus->count = 0; /* whoever answers inside his call begins a new run */
    serial_deliver(&bus->line, now_ns, &whole, run.sender);
}

/* A station that is still sending goes on behind its own bytes. */
static struct wire_run *own_run(struct bus *bus, const struct serial_station *station) {
    assert(bus->count <= RUNS_MAX);
    for (size_t i = 0; i < bus->count; i++) {
        if (bus->runs[i].sender == station && end_of(&bus->runs[i]) >= bus->line.loop->now_ns) {
            return &bus->runs[i];
        }
    }
    return NULL;
}

static int bus_send(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                    size_t count) {
    struct bus *bus = (struct bus *)line;
    struct wire_run *run = own_run(bus, station);
    if (run == NULL) {
        if (bus->count == RUNS_MAX || count > SERIAL_QUEUE) {
            return -1;
        }
        run = &bus->runs[bus->count++];
        run->sender = station;
        run->start_ns = line->loop->now_ns;
        run->byte_ns = serial_byte_ns(line);
        run->count = 0;
    } else if (run->count + count > SERIAL_QUEUE) {
        return -1;
    }
    memcpy(run->bytes + run->count, bytes, count);
    run->count += count;
    bus->under_way += count;
    assert(run->count <= SERIAL_QUEUE && bus->count <= RUNS_MAX);
    loop_set(line->loop, &bus->end, end_of_all(bus));
    return 0;
}

static void bus_free(struct serial_line *line) {
    struct bus *bus = (struct bus *)line;
    loop_cancel(line->loop, &bus->end);
    free(bus);
}

static const struct serial_backend bus_backend = {.send = bus_send, .free = bus_free};

struct serial_line *serial_bus_new(struct loop *loop, const char *name, uint32_t bits_per_s) {
    struct bus *bus = memory_zeroed(1, sizeof *bus);
    serial_line_init(&bus->line, &bus_backend, loop, name, bits_per_s);
    bus->end = (struct timer){.fire = all_ended, .ctx = bus};
    return &bus->line;
}

/* SPDX-License-Identifier: MIT */
/* What all serial lines share: stations, echo, delivery. */
#include "sim/serial/internal.h"

#include <assert.h>
#include <stdio.h>

void serial_line_init(struct serial_line *line, const struct serial_backend *backend,
                      struct loop *loop, const char *name, uint32_t bits_per_s) {
    assert(bits_per_s > 0);
    *line = (struct serial_line){.backend = backend, .loop = loop, .bits_per_s = bits_per_s};
    snprintf(line->name, sizeof line->name, "%s", name);
}

const char *serial_name(const struct serial_line *line) {
    return line->name;
}

uint32_t serial_rate(const struct serial_line *line) {
    return line->bits_per_s;
}

int serial_set_rate(struct serial_line *line, uint32_t bits_per_s) {
    assert(bits_per_s > 0);
    if (line->backend->set_rate != NULL && line->backend->set_rate(line, bits_per_s) != 0) {
        return -1;
    }
    line->bits_per_s = bits_per_s;
    return 0;
}

void serial_echo(struct serial_line *line, bool on) {
    line->echo = on;
}

bool serial_gone(const struct serial_line *line) {
    return line->gone;
}

const struct serial_stats *serial_stats(const struct serial_line *line) {
    return &line->stats;
}

int64_t serial_byte_ns(const struct serial_line *line) {
    assert(line->bits_per_s > 0);
    return SERIAL_BYTE_BITS * NS_PER_S / (int64_t)line->bits_per_s;
}

/* In order of joining. */
void serial_join(struct serial_line *line, struct serial_station *station) {
    struct serial_station **at = &line->stations;
    while (*at != NULL) {
        assert(*at != station);
        at = &(*at)->next;
    }
    station->next = NULL;
    *at = station;
}

void serial_leave(struct serial_line *line, struct serial_station *station) {
    for (struct serial_station **at = &line->stations; *at != NULL; at = &(*at)->next) {
        if (*at == station) {
            *at = station->next;
            break;
        }
    }
    if (line->next_station == station) {
        line->next_station = station->next;
    }
    if (line->backend->leave != NULL) {
        line->backend->leave(line, station);
    }
    assert(line->next_station != station);
}

int serial_send(struct serial_line *line, struct serial_station *station, const uint8_t *bytes,
                size_t count) {
    int result = count == 0 ? 0 : line->backend->send(line, station, bytes, count);
    line->stats.refused += result != 0;
    return result;
}

void serial_deliver(struct serial_line *line, int64_t now_ns, const struct serial_run *run,
                    const struct serial_station *sender) {
    assert(run->count > 0 && run->byte_ns >= 0);
    assert(run->first_ns + (int64_t)(run->count - 1) * run->byte_ns <= now_ns); /* all has ended */
    line->stats.runs++;
    line->stats.bytes += run->count;
    for (struct serial_station *one = line->stations; one != NULL; one = line->next_station) {
        line->next_station = one->next; /* a station may leave inside its call */
        if (one != sender || line->echo) {
            one->received(one->ctx, now_ns, run);
        }
    }
    line->next_station = NULL;
}

void serial_free(struct serial_line *line) {
    if (line != NULL) {
        line->backend->free(line);
    }
}

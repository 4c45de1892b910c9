/* SPDX-License-Identifier: MIT */
#include "harness/capture/health_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

struct complaint {
    FILE *stream;
    const char *path;
    int lines;
};

static void print_line(struct complaint *complaint, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void print_line(struct complaint *complaint, uint64_t line, const char *format, ...) {
    fprintf(complaint->stream, "pilebench: %s:", complaint->path);
    if (line > 0) {
        fprintf(complaint->stream, "%" PRIu64 ":", line);
    }
    fputc(' ', complaint->stream);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(complaint->stream, format, arguments);
    va_end(arguments);
    fputc('\n', complaint->stream);
    complaint->lines++;
}

const char *capture_unit(enum capture_format format) {
    return format == CAPTURE_BLF || format == CAPTURE_PCAPNG ? "record" : "line";
}

static void print_damages(struct complaint *complaint, const struct capture_health *health) {
    const char *unit = capture_unit(health->format);
    for (size_t i = 0; i < health->damage_count; i++) {
        print_line(complaint, health->damages[i].line, "%s", health->damages[i].what);
    }
    if (health->damaged > health->damage_count) {
        print_line(complaint, 0, "and %" PRIu64 " more damaged %ss",
                   health->damaged - health->damage_count, unit);
    }
    if (health->damaged > 0) {
        print_line(complaint, 0, "%" PRIu64 " damaged %s%s left out; %" PRIu64 " frames were read",
                   health->damaged, unit, health->damaged == 1 ? " was" : "s were", health->frames);
    }
}

static void print_clock(struct complaint *complaint, const struct capture_health *health) {
    if (health->steps_back > 0) {
        print_line(
            complaint, health->first_back_line,
            "the clock goes backwards here%s: several recordings in one file, or a clock that was "
            "set",
            health->steps_back > 1 ? " for the first time" : "");
    }
    if (health->frames > 1 && (health->clock == CLOCK_NONE || health->clock == CLOCK_CONSTANT)) {
        print_line(complaint, 0, "%s: only the order of the frames is known",
                   health->clock == CLOCK_NONE ? "no usable time" : "the same time on every frame");
    }
}

static void print_other_frames(struct complaint *complaint, const struct capture_health *health) {
    const struct {
        uint64_t count;
        const char *what;
    } kinds[] = {
        {health->remote, "remote"},
        {health->error, "error"},
        {health->fd, "CAN FD"},
        {health->other, "other"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].count > 0) {
            print_line(complaint, 0, "%" PRIu64 " %s frame%s left out: not of GB/T 27930",
                       kinds[i].count, kinds[i].what, kinds[i].count == 1 ? " was" : "s were");
        }
    }
}

void capture_networks(const struct capture_health *health, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < health->network_count && used < size; i++) {
        const char *name = health->networks[i];
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s (%" PRIu64 " frame%s)",
                             i > 0 ? ", " : "", name[0] == '\0' ? "one without a name" : name,
                             health->network_frames[i], health->network_frames[i] == 1 ? "" : "s");
    }
}

/* No frame was handed out: is it that --network names one that is not there? */
static void print_no_frames(struct complaint *complaint, const struct capture_health *health) {
    char networks[256];
    capture_networks(health, networks, sizeof networks);
    if (health->network_count > 0) {
        print_line(complaint, 0,
                   "no frames on the network given with --network; the capture has %s", networks);
    } else {
        print_line(complaint, 0, "the capture has no frames (%s)", health->dialect);
    }
}

int capture_complain(const struct capture_health *health, const char *path, FILE *stream) {
    struct complaint complaint = {.stream = stream,
                                  .path = strcmp(path, "-") == 0 ? "standard input" : path};
    print_damages(&complaint, health);
    if (health->cut) {
        print_line(&complaint, 0, "the file is cut off: it ends in the middle of a %s",
                   capture_unit(health->format));
    }
    if (health->read_error != NULL) {
        print_line(&complaint, 0, "reading ended early: %s", health->read_error);
    }
    print_clock(&complaint, health);
    print_other_frames(&complaint, health);
    if (health->frames == 0) {
        print_no_frames(&complaint, health);
    }
    return complaint.lines;
}

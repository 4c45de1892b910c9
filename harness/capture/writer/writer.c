/* SPDX-License-Identifier: MIT */
#include "harness/capture/writer/internal.h"
#include "sim/memory.h"
#include "sim/text/whole_file.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LINE_SIZE 200

#define BUFFER_SIZE 65536u
#define UNNAMED     "can0"

struct capture_writer {
    const struct writer_format *format;
    struct whole_file file; /* path NULL: standard output */
    struct writer_network networks[WRITER_NETWORKS];
    size_t network_count;
    size_t last; /* most frames are of the network of the frame before */
    int64_t base_ns;
    uint64_t count;
    struct blf_file *own;
    uint64_t put;
    size_t used;
    char buffer[BUFFER_SIZE];
};

static const struct {
    enum capture_format format;
    const struct writer_format *functions;
    const char *ending;
} formats[] = {
    {CAPTURE_CANDUMP_LOG, &writer_candump, ".log"},
    {CAPTURE_ASC, &writer_asc, ".asc"},
    {CAPTURE_PCAPNG, &writer_pcapng, ".pcapng"},
    {CAPTURE_BLF, &writer_blf, ".blf"},
    {CAPTURE_CSV, &writer_csv, ".csv"},
    {CAPTURE_TRC, &writer_trc, ".trc"},
};

#define FORMATS (sizeof formats / sizeof formats[0])

enum capture_format capture_format_of_name(const char *path) {
    size_t length = strlen(path);
    for (size_t i = 0; i < FORMATS; i++) {
        size_t ending = strlen(formats[i].ending);
        if (length > ending && strcasecmp(path + length - ending, formats[i].ending) == 0) {
            return formats[i].format;
        }
    }
    return CAPTURE_UNKNOWN;
}

/* ---- bytes ---- */

static void flush(struct capture_writer *writer) {
    whole_file_put(&writer->file, writer->buffer, writer->used);
    writer->used = 0;
}

void writer_put(struct capture_writer *writer, const void *bytes, size_t size) {
    assert(size <= BUFFER_SIZE && writer->used <= BUFFER_SIZE);
    if (writer->used + size > BUFFER_SIZE) {
        flush(writer);
    }
    memcpy(writer->buffer + writer->used, bytes, size);
    writer->used += size;
    writer->put += size;
}

void writer_line(struct capture_writer *writer, const char *format, ...) {
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assert(length > 0 && length < LINE_SIZE); /* never cut */
    writer_put(writer, line, (size_t)length);
}

bool writer_first(const struct capture_writer *writer) {
    return writer->put == 0;
}

int64_t *writer_base_ns(struct capture_writer *writer) {
    return &writer->base_ns;
}

uint64_t *writer_count(struct capture_writer *writer) {
    return &writer->count;
}

struct blf_file **writer_own(struct capture_writer *writer) {
    return &writer->own;
}

/* ---- networks ---- */

const struct writer_network *writer_network(const struct capture_writer *writer, size_t index) {
    assert(index < writer->network_count);
    return &writer->networks[index];
}

/* White space and control characters would break a candump line. */
static void take_name(struct writer_network *network, const char *name) {
    snprintf(network->name, sizeof network->name, "%s", name[0] == '\0' ? UNNAMED : name);
    for (char *at = network->name; *at != '\0'; at++) {
        *at = (unsigned char)*at <= ' ' ? '_' : *at;
    }
}

static bool channel_taken(const struct capture_writer *writer, unsigned channel) {
    for (size_t i = 0; i < writer->network_count; i++) {
        if (writer->networks[i].channel == channel) {
            return true;
        }
    }
    return false;
}

/* The number that the name is, or the first free one. */
static unsigned channel_for(const struct capture_writer *writer, const char *name) {
    size_t digits = strspn(name, "0123456789");
    unsigned channel = digits < 4 && name[digits] == '\0' ? (unsigned)strtoul(name, NULL, 10) : 0;
    if (channel == 0 || channel_taken(writer, channel)) {
        for (channel = 1; channel_taken(writer, channel);) {
            channel++;
        }
    }
    return channel;
}

static size_t network_of(struct capture_writer *writer, const char *name) {
    struct writer_network wanted = {0};
    take_name(&wanted, name);
    if (writer->last < writer->network_count &&
        strcmp(writer->networks[writer->last].name, wanted.name) == 0) {
        return writer->last;
    }
    for (size_t i = 0; i < writer->network_count; i++) {
        if (strcmp(writer->networks[i].name, wanted.name) == 0) {
            return i;
        }
    }
    if (writer->network_count == WRITER_NETWORKS) {
        return WRITER_NETWORKS;
    }
    wanted.channel = channel_for(writer, wanted.name);
    assert(wanted.channel > 0 && !channel_taken(writer, wanted.channel));
    writer->networks[writer->network_count] = wanted;
    size_t index = writer->network_count++;
    if (writer->format->network != NULL) {
        writer->format->network(writer, index);
    }
    return index;
}

/* ---- the writer ---- */

void capture_write(struct capture_writer *writer, const struct capture_frame *frame) {
    size_t network = network_of(writer, frame->network == NULL ? "" : frame->network);
    if (network == WRITER_NETWORKS) {
        writer->file.error = writer->file.error == 0 ? E2BIG : writer->file.error;
        return;
    }
    writer->last = network;
    writer->format->frame(writer, frame, network);
}

bool capture_writer_failed(const struct capture_writer *writer) {
    return writer->file.error != 0;
}

static void release(struct capture_writer *writer) {
    whole_file_free(&writer->file);
    free(writer);
}

static bool open_file(struct capture_writer *writer, const char *path, struct problem *problem) {
    if (strcmp(path, "-") == 0) {
        writer->file.fd = STDOUT_FILENO;
        return true;
    }
    return whole_file_open(&writer->file, path, problem);
}

struct capture_writer *capture_writer_open(const char *path, enum capture_format format,
                                           struct problem *problem) {
    const struct writer_format *functions = NULL;
    for (size_t i = 0; i < FORMATS; i++) {
        functions = formats[i].format == format ? formats[i].functions : functions;
    }
    if (functions == NULL) {
        problem_set(problem,
                    "%s: can be read but not written; candump, asc, blf, csv, pcapng and trc can",
                    capture_format_name(format));
        return NULL;
    }
    struct capture_writer *writer = memory_zeroed(1, sizeof *writer);
    writer->format = functions;
    if (!open_file(writer, path, problem)) {
        release(writer);
        return NULL;
    }
    return writer;
}

bool capture_writer_close(struct capture_writer *writer, struct problem *problem) {
    if (writer->format->end != NULL) {
        writer->format->end(writer);
    }
    flush(writer);
    const char *name = whole_file_written(&writer->file);
    if (name != NULL) {
        (void)whole_file_finish(&writer->file);
    }
    int error = writer->file.error;
    if (error == E2BIG) {
        problem_set(problem, "the capture has more than %u networks; choose one with --network",
                    WRITER_NETWORKS);
    } else if (error != 0) {
        problem_set(problem, "%s is not complete: %s", name != NULL ? name : "standard output",
                    strerror(error));
    }
    release(writer);
    return error == 0;
}

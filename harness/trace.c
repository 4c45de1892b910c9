/* SPDX-License-Identifier: MIT */
#include "harness/trace.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE    65536
#define NAME_SIZE      16
#define SECONDS_DIGITS 10
#define MICROS_DIGITS  6
#define PART           ".part"

struct trace_net {
    struct can_tap tap;
    struct trace *trace;
    struct can_net *net;
    char name[NAME_SIZE];
    size_t name_length;
};

struct trace {
    int fd;
    int error;
    int64_t epoch_ns;
    uint64_t frames;
    char *path; /* final name; the .part one is made from it */
    struct trace_net nets[TRACE_NETS];
    unsigned net_count;
    size_t used;
    char buffer[BUFFER_SIZE];
};

static const char hex_digits[] = "0123456789ABCDEF";

static char *put_decimal(char *at, uint64_t value, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

static char *put_hex(char *at, uint32_t value, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = hex_digits[value & 0xFu];
        value >>= 4;
    }
    return at + digits;
}

size_t trace_format(char *text, int64_t at_ns, const char *name, size_t name_length,
                    const struct can_frame_ext *frame) {
    assert(at_ns >= 0 && name_length < NAME_SIZE && frame->len <= 8);
    char *at = text;
    *at++ = '(';
    at = put_decimal(at, (uint64_t)(at_ns / NS_PER_S), SECONDS_DIGITS);
    *at++ = '.';
    at = put_decimal(at, (uint64_t)(at_ns % NS_PER_S / NS_PER_US), MICROS_DIGITS);
    *at++ = ')';
    *at++ = ' ';
    memcpy(at, name, name_length);
    at += name_length;
    *at++ = ' ';
    at = put_hex(at, frame->id, frame->extended ? 8 : 3);
    *at++ = '#';
    for (unsigned i = 0; i < frame->len; i++) {
        at = put_hex(at, frame->data[i], 2);
    }
    return (size_t)(at - text);
}

static void flush(struct trace *trace) {
    size_t written = 0;
    while (trace->error == 0 && written < trace->used) {
        ssize_t count = write(trace->fd, trace->buffer + written, trace->used - written);
        if (count > 0) {
            written += (size_t)count;
        } else if (count < 0 && errno != EINTR) {
            trace->error = errno;
        }
    }
    trace->used = 0;
}

static void seen(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                 const struct can_node *sender) {
    const struct trace_net *one = ctx;
    struct trace *trace = one->trace;
    (void)sender;
    if (trace->error != 0) {
        return;
    }
    if (trace->used + TRACE_LINE_SIZE > BUFFER_SIZE) {
        flush(trace);
    }
    char *line = trace->buffer + trace->used;
    size_t length = trace_format(line, trace->epoch_ns + at_ns, one->name, one->name_length, frame);
    line[length] = '\n';
    trace->used += length + 1;
    trace->frames++;
}

static char *part_path(const struct trace *trace) {
    char *path = NULL;
    if (asprintf(&path, "%s" PART, trace->path) < 0) {
        fputs("trace: out of memory\n", stderr);
        abort();
    }
    return path;
}

static void release(struct trace *trace) {
    free(trace->path);
    free(trace);
}

struct trace *trace_open(const char *path, int64_t epoch_ns, char *why, size_t why_size) {
    assert(epoch_ns >= 0);
    struct trace *trace = calloc(1, sizeof *trace);
    if (trace == NULL || (trace->path = strdup(path)) == NULL) {
        fputs("trace: out of memory\n", stderr);
        abort();
    }
    trace->epoch_ns = epoch_ns;
    char *part = part_path(trace);
    trace->fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (trace->fd < 0) {
        snprintf(why, why_size, "cannot write the trace %s: %s", part, strerror(errno));
        release(trace);
        trace = NULL;
    }
    free(part);
    return trace;
}

void trace_add(struct trace *trace, struct can_net *net, const char *name) {
    assert(trace->net_count < TRACE_NETS);
    struct trace_net *one = &trace->nets[trace->net_count++];
    one->trace = trace;
    one->net = net;
    snprintf(one->name, sizeof one->name, "%s", name);
    one->name_length = strlen(one->name);
    assert(one->name_length > 0 && strpbrk(one->name, " \t\n") == NULL);
    one->tap = (struct can_tap){.seen = seen, .ctx = one};
    can_tap(net, &one->tap);
}

uint64_t trace_frames(const struct trace *trace) {
    return trace->frames;
}

int trace_error(const struct trace *trace) {
    return trace->error;
}

/* The new name must survive a power cut too. */
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* fsync is refused on what is no file (a pipe, /dev/full): only a failed one of a file counts. */
static void sync_file(struct trace *trace) {
    if (trace->error == 0 && fsync(trace->fd) != 0 && errno != EINVAL && errno != EROFS) {
        trace->error = errno;
    }
    if (close(trace->fd) != 0 && trace->error == 0) {
        trace->error = errno;
    }
}

int trace_close(struct trace *trace, char *why, size_t why_size) {
    if (trace == NULL) {
        return 0;
    }
    for (unsigned i = 0; i < trace->net_count; i++) {
        can_untap(trace->nets[i].net, &trace->nets[i].tap);
    }
    flush(trace);
    sync_file(trace);
    char *part = part_path(trace);
    if (trace->error == 0 && rename(part, trace->path) != 0) {
        trace->error = errno;
    }
    int result = trace->error == 0 ? 0 : -1;
    if (result == 0) {
        sync_folder(trace->path);
    } else {
        snprintf(why, why_size, "the trace %s is not complete: %s", part, strerror(trace->error));
    }
    free(part);
    release(trace);
    return result;
}

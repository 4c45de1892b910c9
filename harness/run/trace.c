/* SPDX-License-Identifier: MIT */
#include "harness/run/trace.h"

#include "harness/capture/candump/line.h"
#include "sim/memory.h"
#include "sim/text/whole_file.h"
#include "vehicle_bms/mask/mask.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUFFER_SIZE 65536

struct trace_net {
    struct can_tap tap;
    struct trace *trace;
    struct can_net *net;
    char name[CANDUMP_NAME_SIZE];
    size_t name_length;
};

struct trace {
    struct whole_file file;
    int64_t epoch_ns;
    uint64_t frames;
    struct trace_net nets[TRACE_NETS];
    unsigned net_count;
    struct mask *mask; /* NULL: frames are written as they are */
    size_t used;
    char buffer[BUFFER_SIZE];
};

static void flush(struct trace *trace) {
    assert(trace->used <= BUFFER_SIZE);
    whole_file_put(&trace->file, trace->buffer, trace->used);
    trace->used = 0;
}

/* mark: which network. */
static void put_frame(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    struct trace *trace = ctx;
    const struct trace_net *one = &trace->nets[mark];
    assert(mark < trace->net_count);
    if (trace->file.error != 0) {
        return;
    }
    if (trace->used + CANDUMP_LINE_SIZE > BUFFER_SIZE) {
        flush(trace);
    }
    char *line = trace->buffer + trace->used;
    size_t length = candump_line(line, trace->epoch_ns + at_ns, one->name, one->name_length, frame);
    assert(length > 0 && length < CANDUMP_LINE_SIZE);
    line[length] = '\n';
    trace->used += length + 1;
    trace->frames++;
    assert(trace->used <= BUFFER_SIZE);
}

static void seen(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                 const struct can_node *sender) {
    const struct trace_net *one = ctx;
    struct trace *trace = one->trace;
    unsigned network = (unsigned)(one - trace->nets);
    (void)sender;
    assert(network < trace->net_count);
    if (trace->mask != NULL) {
        mask_frame_of(trace->mask, network, at_ns, network, frame);
    } else {
        put_frame(trace, at_ns, network, frame);
    }
}

void trace_mask(struct trace *trace, const char *key) {
    assert(trace->mask == NULL && trace->frames == 0);
    trace->mask = mask_new(key, put_frame, trace);
}

static void release(struct trace *trace) {
    mask_free(trace->mask);
    whole_file_free(&trace->file);
    free(trace);
}

struct trace *trace_open(const char *path, int64_t epoch_ns, struct problem *problem) {
    assert(epoch_ns >= 0);
    struct trace *trace = memory_zeroed(1, sizeof *trace);
    trace->epoch_ns = epoch_ns;
    if (!whole_file_open(&trace->file, path, problem)) {
        release(trace);
        return NULL;
    }
    return trace;
}

void trace_add(struct trace *trace, struct can_net *net, const char *name) {
    assert(trace->net_count < TRACE_NETS);
    struct trace_net *one = &trace->nets[trace->net_count++];
    one->trace = trace;
    one->net = net;
    one->name_length = strlen(name);
    assert(one->name_length > 0 && one->name_length < sizeof one->name);
    assert(strpbrk(name, " \t\n") == NULL);
    memcpy(one->name, name, one->name_length + 1);
    one->tap = (struct can_tap){.seen = seen, .ctx = one};
    can_tap(net, &one->tap);
}

uint64_t trace_frames(const struct trace *trace) {
    return trace->frames;
}

int trace_error(const struct trace *trace) {
    return trace->file.error;
}

bool trace_close(struct trace *trace, struct problem *problem) {
    if (trace == NULL) {
        return true;
    }
    for (unsigned i = 0; i < trace->net_count; i++) {
        can_untap(trace->nets[i].net, &trace->nets[i].tap);
    }
    if (trace->mask != NULL) {
        mask_flush(trace->mask);
    }
    flush(trace);
    assert(trace->used == 0);
    bool whole = whole_file_finish(&trace->file);
    if (!whole) {
        problem_set(problem, "the trace %s is not complete: %s", whole_file_written(&trace->file),
                    strerror(trace->file.error));
    }
    release(trace);
    return whole;
}

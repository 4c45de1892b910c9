/* SPDX-License-Identifier: MIT */
/* isolate_internal.h: the bench's side of an isolated firmware, in three files: its process (isolate.c),
 * the letters to it (post.c), the functions of its api (api.c). */
#ifndef HARNESS_DUT_ISOLATE_ISOLATE_INTERNAL_H
#define HARNESS_DUT_ISOLATE_ISOLATE_INTERNAL_H

#include "harness/dut/isolate/isolate.h"
#include "harness/dut/isolate/mailbox.h"

struct name {
    struct name *next;
    enum letter_kind kind;
    int32_t number;
    char *text;
};

struct dut_isolate {
    struct mailbox *box;
    pid_t pid;
    struct dut_api api;
    struct dut_param *params;
    const struct dut_host *host; /* which it was given */
    struct dut_isolate_listener listener;
    int patience_ms; /* for one call, with all that it asks for */
    int64_t call_ns; /* that it has taken so far */
    int64_t turn_ns; /* when its last turn ended */
    bool gone;
    struct name *names; /* asked before: they have to stay */
};

/* isolate.c: a call begins, whose time is counted. */
void isolate_begin_call(struct dut_isolate *isolate);
/* Its next letter within this call is there. False: it has gone, or hangs and was ended; how is the caller's. The
 * time is counted in turns of our own: when the machine stands still, nobody has hung. */
bool isolate_await(struct dut_isolate *isolate, struct phrase *how, bool *killed);
void isolate_end_process(struct dut_isolate *isolate);

/* post.c: calls the firmware, and serves it meanwhile. False: it has gone; else what it returned. */
bool isolate_call(struct dut_isolate *isolate, struct letter *letter, int64_t *returned);
/* The inputs as they are now, into a letter that brings them along. */
void isolate_fill_inputs(const struct dut_isolate *isolate, struct letter *letter);

/* api.c: the functions of its api, for the one that there is in this process. */
void isolate_fill_api(struct dut_isolate *isolate);
void isolate_forget_api(struct dut_isolate *isolate);
/* Text of at most so many bytes; what is not UTF-8 in it is made visible. The caller's. */
char *isolate_text(const char *text, size_t size);

#endif

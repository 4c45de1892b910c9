/* SPDX-License-Identifier: MIT */
/* The functions of an isolated firmware's api. They get no context: there is one in a process. */
#include "harness/dut/isolate/isolate_internal.h"
#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct dut_isolate *the_one;

static int init(void *dut, const struct dut_host *host, int64_t now_ns) {
    struct letter letter = {.kind = LETTER_INIT, .now_ns = now_ns};
    int64_t result;
    (void)dut;
    the_one->host = host;
    isolate_fill_inputs(the_one, &letter);
    return isolate_call(the_one, &letter, &result) ? (int)result : DUT_ERROR_ABSENT;
}

static int set_param(void *dut, const char *name, int32_t value) {
    struct letter letter = {.kind = LETTER_SET_PARAM, .value = value, .count = strlen(name)};
    int64_t result;
    (void)dut;
    if (letter.count > MAILBOX_BYTES) {
        return DUT_ERROR_ABSENT;
    }
    memcpy(the_one->box->bytes, name, letter.count);
    return isolate_call(the_one, &letter, &result) ? (int)result : DUT_ERROR_ABSENT;
}

static int32_t capability(void *dut, unsigned gun, enum dut_capability what) {
    struct letter letter = {.kind = LETTER_CAPABILITY, .a = gun, .b = (uint32_t)what};
    int64_t result;
    (void)dut;
    return isolate_call(the_one, &letter, &result) ? (int32_t)result : DUT_UNKNOWN;
}

static void on_can(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame) {
    struct letter letter = {.kind = LETTER_ON_CAN, .now_ns = now_ns, .a = net, .frame = *frame};
    int64_t ignored;
    (void)dut;
    (void)isolate_call(the_one, &letter, &ignored);
}

static void on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                      size_t count) {
    int64_t ignored;
    (void)dut;
    for (size_t done = 0; done < count;) {
        size_t piece = count - done < MAILBOX_BYTES ? count - done : MAILBOX_BYTES;
        struct letter letter = {
            .kind = LETTER_ON_SERIAL, .now_ns = now_ns, .a = line, .count = piece};
        memcpy(the_one->box->bytes, bytes + done, piece);
        (void)isolate_call(the_one, &letter, &ignored);
        done += piece;
    }
}

static void on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value) {
    struct letter letter = {.kind = LETTER_ON_INPUT,
                            .now_ns = now_ns,
                            .a = gun,
                            .b = (uint32_t)channel,
                            .value = value};
    int64_t ignored;
    (void)dut;
    (void)isolate_call(the_one, &letter, &ignored);
}

static int64_t run(void *dut, int64_t now_ns) {
    struct letter letter = {.kind = LETTER_RUN, .now_ns = now_ns};
    int64_t wake_ns;
    (void)dut;
    if (!the_one->gone) {
        isolate_fill_inputs(the_one, &letter);
    }
    return isolate_call(the_one, &letter, &wake_ns) ? wake_ns : DUT_NEVER;
}

char *isolate_text(const char *text, size_t size) {
    char *raw = memory_format("%.*s", (int)strnlen(text, size), text);
    struct buffer clean = {0};
    buffer_put_utf8(&clean, raw);
    free(raw);
    return buffer_take(&clean);
}

static const char *name_of(enum letter_kind kind, int32_t number) {
    struct letter letter = {.kind = (uint32_t)kind, .value = number};
    int64_t ignored;
    char text[256] = "";
    for (const struct name *one = the_one->names; one != NULL; one = one->next) {
        if (one->kind == kind && one->number == number) {
            return one->text;
        }
    }
    if (isolate_call(the_one, &letter, &ignored)) {
        memcpy(text, the_one->box->bytes, sizeof text - 1);
    }
    struct name *name = memory_zeroed(1, sizeof *name);
    *name = (struct name){the_one->names, kind, number, isolate_text(text, sizeof text)};
    the_one->names = name;
    return name->text;
}

static const char *state_name(int32_t state) {
    return name_of(LETTER_STATE_NAME, state);
}

static const char *fault_name(int32_t fault) {
    return name_of(LETTER_FAULT_NAME, fault);
}

void isolate_fill_api(struct dut_isolate *isolate) {
    assert(the_one == NULL);
    the_one = isolate;
    isolate->api.init = init;
    isolate->api.set_param = set_param;
    isolate->api.capability = capability;
    isolate->api.on_can = on_can;
    isolate->api.on_serial = on_serial;
    isolate->api.on_input = on_input;
    isolate->api.run = run;
    isolate->api.state_name = state_name;
    isolate->api.fault_name = fault_name;
}

void isolate_forget_api(struct dut_isolate *isolate) {
    while (isolate->names != NULL) {
        struct name *name = isolate->names;
        isolate->names = name->next;
        free(name->text);
        free(name);
    }
    the_one = the_one == isolate ? NULL : the_one;
}

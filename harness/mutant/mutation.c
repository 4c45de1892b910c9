/* SPDX-License-Identifier: MIT */
#include "harness/mutant/mutation.h"

#include "firmware-under-test/include/charge_record.h"
#include "harness/dut/local.h"
#include "harness/mutant/mutation_meter.h"
#include "vehicle_bms/message/messages.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BENDS_MAX  16
#define SERIAL_MAX 1024 /* bytes heard in one piece */

enum forgetful {
    FORGETS_NOTHING,
    FORGETS_JOURNAL,
    FORGETS_RING,
    FORGETS_CARD,
};

/* A bend with its words looked up. */
struct worked_bend {
    struct bend bend;
    enum dut_output output;
    const struct message *message;
    const struct field *field;
    enum forgetful forgets; /* of the bulk storage */
    enum unchecked unchecked;
};

/* A message that goes on after the firmware has ended it: its last frame, again and again. */
struct lingering {
    struct dut_can_frame frame;
    int64_t next_ns; /* DUT_NEVER: not sent yet, or over */
    int64_t until_ns;
};

/* The shim's instance; the firmware's own memory follows it, aligned. */
struct shim {
    const struct dut_host *host;
    struct dut_host inner_host;
    int32_t outputs[DUT_GUNS_MAX][DUT_OUTPUTS];   /* as the host has them */
    int32_t wanted[DUT_GUNS_MAX][DUT_OUTPUTS];    /* as the firmware wants them */
    int64_t off_at_ns[DUT_GUNS_MAX][DUT_OUTPUTS]; /* a delayed switching off; DUT_NEVER */
    struct lingering lingering[BENDS_MAX][DUT_GUNS_MAX];
    uint8_t cache[CHARGE_RING_OFFSET]; /* of a journal that forgets */
    bool cached[CHARGE_RING_OFFSET];
    struct bend_meter meter;
    int64_t now_ns;
    max_align_t inner[];
};

/* struct dut_api's functions carry no context of their own, hence one bent firmware a process. */
static struct {
    const struct dut_api *api;
    struct dut_api bent;
    struct worked_bend bends[BENDS_MAX];
    size_t count;
} work;

static const struct {
    const char *name;
    enum dut_output output;
} output_names[] = {
    {"k1", DUT_OUT_K1},
    {"k2", DUT_OUT_K2},
    {"aux", DUT_OUT_AUX},
    {"lock", DUT_OUT_LOCK},
    {"imd", DUT_OUT_IMD},
    {"discharge", DUT_OUT_DISCHARGE},
    {"modules", DUT_OUT_MODULES_ON},
    {"alarm", DUT_OUT_ALARM},
    {"module_mv", DUT_OUT_MODULE_MV},
    {"module_ma", DUT_OUT_MODULE_MA},
};

static void give(struct shim *shim, unsigned gun, enum dut_output channel, int32_t value) {
    if (shim->outputs[gun][channel] != value) {
        shim->outputs[gun][channel] = value;
        shim->host->output(shim->host->ctx, gun, channel, value);
    }
}

static void on_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct shim *shim = ctx;
    assert(gun < DUT_GUNS_MAX && channel < DUT_OUTPUTS);
    bool switching_off = value == 0 && shim->wanted[gun][channel] != 0;
    shim->wanted[gun][channel] = value;
    for (size_t i = 0; i < work.count; i++) {
        const struct worked_bend *one = &work.bends[i];
        if (one->output != channel) {
            continue;
        }
        if (one->bend.type == BEND_HOLD) {
            give(shim, gun, channel, (int32_t)one->bend.value);
            return;
        }
        if (one->bend.type == BEND_DELAY && value == 0) {
            if (switching_off) {
                shim->off_at_ns[gun][channel] = shim->now_ns + (int64_t)one->bend.value;
            }
            return;
        }
    }
    shim->off_at_ns[gun][channel] = DUT_NEVER;
    give(shim, gun, channel, value);
}

static int64_t period_ns(const struct message *message) {
    return message_form(message, EDITION_2015)->period_ms * INT64_C(1000000);
}

/* The firmware has sent it by itself: what lingers begins anew. */
static void keep_for_later(struct shim *shim, size_t index, unsigned net,
                           const struct dut_can_frame *frame) {
    const struct worked_bend *one = &work.bends[index];
    unsigned gun = net - DUT_NET_VEHICLE;
    if (one->bend.type == BEND_LINGER && gun < DUT_GUNS_MAX) {
        shim->lingering[index][gun] =
            (struct lingering){.frame = *frame,
                               .next_ns = shim->now_ns + period_ns(one->message),
                               .until_ns = shim->now_ns + (int64_t)one->bend.value};
    }
}

static int on_can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    struct shim *shim = ctx;
    struct dut_can_frame sent = *frame;
    for (size_t i = 0; i < work.count; i++) {
        const struct worked_bend *one = &work.bends[i];
        if (one->message == NULL || message_id(one->message) != frame->id) {
            continue;
        }
        if (one->bend.type == BEND_MUTE) {
            return 0;
        }
        keep_for_later(shim, i, net, frame);
        if (one->bend.type == BEND_FIELD) {
            field_put(one->field, sent.data, sent.len, one->bend.value);
        } else if (one->bend.type == BEND_SWAP) {
            for (size_t k = 0; k + 1 < sent.len; k += 2) {
                uint8_t low = sent.data[k];
                sent.data[k] = sent.data[k + 1];
                sent.data[k + 1] = low;
            }
        }
    }
    return shim->host->can_send(shim->host->ctx, net, &sent);
}

static int on_serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    struct shim *shim = ctx;
    bend_meter_asked(&shim->meter, line, bytes, count);
    return shim->host->serial_write(shim->host->ctx, line, bytes, count);
}

static int32_t on_read(void *ctx, unsigned gun, enum dut_input channel) {
    struct shim *shim = ctx;
    return shim->host->input(shim->host->ctx, gun, channel);
}

static int on_store_read(void *ctx, unsigned record, void *bytes, size_t size) {
    struct shim *shim = ctx;
    return shim->host->store_read(shim->host->ctx, record, bytes, size);
}

/* A journal that forgets: what is written can be read until the supply goes, as from a cache that
 * nobody writes back. A ring that forgets keeps nothing, nor does what is kept for the cards. */
static bool forgets(enum forgetful area) {
    for (size_t i = 0; i < work.count; i++) {
        if (work.bends[i].forgets == area) {
            return true;
        }
    }
    return false;
}

static bool is_card(unsigned record) {
    return record >= CARD_BALANCE_RECORD && record < CARD_BALANCE_RECORD + DUT_GUNS_MAX;
}

static int on_store_write(void *ctx, unsigned record, const void *bytes, size_t size) {
    struct shim *shim = ctx;
    if (forgets(FORGETS_CARD) && is_card(record)) {
        return 0;
    }
    return shim->host->store_write(shim->host->ctx, record, bytes, size);
}

static bool in_journal(uint32_t offset, size_t size) {
    return offset <= CHARGE_RING_OFFSET && size <= CHARGE_RING_OFFSET - offset;
}

static int on_bulk_read(void *ctx, uint32_t offset, void *bytes, size_t size) {
    struct shim *shim = ctx;
    int result = shim->host->bulk_read(shim->host->ctx, offset, bytes, size);
    for (size_t i = 0; in_journal(offset, size) && i < size; i++) {
        if (shim->cached[offset + i]) {
            ((uint8_t *)bytes)[i] = shim->cache[offset + i];
        }
    }
    return result;
}

static int on_bulk_write(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    struct shim *shim = ctx;
    if (forgets(FORGETS_JOURNAL) && in_journal(offset, size)) {
        memcpy(&shim->cache[offset], bytes, size);
        memset(&shim->cached[offset], true, size);
        return (int)size;
    }
    if (forgets(FORGETS_RING) && offset >= CHARGE_RING_OFFSET) {
        return (int)size;
    }
    return shim->host->bulk_write(shim->host->ctx, offset, bytes, size);
}

static int64_t on_wall_time(void *ctx) {
    struct shim *shim = ctx;
    return shim->host->wall_time(shim->host->ctx);
}

static void on_log(void *ctx, const char *text) {
    struct shim *shim = ctx;
    shim->host->log(shim->host->ctx, text);
}

/* Outputs held at a level have it from the start, whatever the firmware says first. */
static void hold_outputs(struct shim *shim) {
    for (size_t i = 0; i < work.count; i++) {
        if (work.bends[i].bend.type == BEND_HOLD) {
            for (unsigned gun = 0; gun < work.api->guns; gun++) {
                give(shim, gun, work.bends[i].output, (int32_t)work.bends[i].bend.value);
            }
        }
    }
}

static int bent_init(void *dut, const struct dut_host *host, int64_t now_ns) {
    struct shim *shim = dut;
    shim->host = host;
    shim->now_ns = now_ns;
    shim->inner_host = (struct dut_host){.ctx = shim,
                                         .can_send = on_can_send,
                                         .serial_write = on_serial_write,
                                         .input = on_read,
                                         .output = on_output,
                                         .store_read = on_store_read,
                                         .store_write = on_store_write,
                                         .log = on_log};
    /* What the host does not have, the firmware does not get. */
    shim->inner_host.bulk_read = host->bulk_read == NULL ? NULL : on_bulk_read;
    shim->inner_host.bulk_write = host->bulk_write == NULL ? NULL : on_bulk_write;
    shim->inner_host.wall_time = host->wall_time == NULL ? NULL : on_wall_time;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        for (unsigned channel = 0; channel < DUT_OUTPUTS; channel++) {
            shim->off_at_ns[gun][channel] = DUT_NEVER;
        }
        for (size_t i = 0; i < BENDS_MAX; i++) {
            shim->lingering[i][gun].next_ns = DUT_NEVER;
        }
    }
    hold_outputs(shim);
    int failed = work.api->init(shim->inner, &shim->inner_host, now_ns);
    for (size_t i = 0; i < work.count && failed >= 0; i++) {
        const struct bend *bend = &work.bends[i].bend;
        if (bend->type == BEND_PARAM) {
            failed = work.api->set_param(shim->inner, bend->what, (int32_t)bend->value);
        }
    }
    return failed;
}

/* What the mutant bends stays bent, whatever a case sets. */
static int bent_set_param(void *dut, const char *name, int32_t value) {
    for (size_t i = 0; i < work.count; i++) {
        const struct bend *bend = &work.bends[i].bend;
        if (bend->type == BEND_PARAM && strcmp(bend->what, name) == 0) {
            return 0;
        }
    }
    return work.api->set_param(((struct shim *)dut)->inner, name, value);
}

static void bent_on_can(void *dut, int64_t now_ns, unsigned net,
                        const struct dut_can_frame *frame) {
    struct shim *shim = dut;
    shim->now_ns = now_ns;
    work.api->on_can(shim->inner, now_ns, net, frame);
}

static void bent_on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                           size_t count) {
    struct shim *shim = dut;
    uint8_t heard[SERIAL_MAX];
    shim->now_ns = now_ns;
    if (count > sizeof heard) {
        work.api->on_serial(shim->inner, now_ns, line, bytes, count);
        return;
    }
    memcpy(heard, bytes, count);
    for (size_t i = 0; i < work.count; i++) {
        if (work.bends[i].bend.type == BEND_UNCHECKED) {
            bend_meter_mend(&shim->meter, work.bends[i].unchecked, line, heard, count);
        }
    }
    work.api->on_serial(shim->inner, now_ns, line, heard, count);
}

static void bent_on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                          int32_t value) {
    struct shim *shim = dut;
    shim->now_ns = now_ns;
    work.api->on_input(shim->inner, now_ns, gun, channel, value);
}

/* Switches off what is due, and says when the next is. */
static int64_t switch_off_due(struct shim *shim, int64_t now_ns) {
    int64_t next = DUT_NEVER;
    for (unsigned gun = 0; gun < work.api->guns; gun++) {
        for (unsigned channel = 0; channel < DUT_OUTPUTS; channel++) {
            int64_t at = shim->off_at_ns[gun][channel];
            if (at <= now_ns) {
                shim->off_at_ns[gun][channel] = DUT_NEVER;
                give(shim, gun, (enum dut_output)channel, 0);
            } else if (at < next) {
                next = at;
            }
        }
    }
    return next;
}

/* Sends what lingers, after the firmware has had its turn; says when the next is. */
static int64_t linger_due(struct shim *shim, int64_t now_ns) {
    int64_t next = DUT_NEVER;
    for (size_t i = 0; i < work.count; i++) {
        for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
            struct lingering *one = &shim->lingering[i][gun];
            if (one->next_ns <= now_ns) {
                shim->host->can_send(shim->host->ctx, DUT_NET_VEHICLE + gun, &one->frame);
                one->next_ns += period_ns(work.bends[i].message);
            }
            if (one->next_ns > one->until_ns) {
                one->next_ns = DUT_NEVER;
            }
            next = one->next_ns < next ? one->next_ns : next;
        }
    }
    return next;
}

static int64_t bent_run(void *dut, int64_t now_ns) {
    struct shim *shim = dut;
    shim->now_ns = now_ns;
    int64_t wake = work.api->run(shim->inner, now_ns);
    int64_t off = switch_off_due(shim, now_ns);
    int64_t linger = linger_due(shim, now_ns);
    wake = linger < wake ? linger : wake;
    return off < wake ? off : wake;
}

static bool find_output(const char *name, enum dut_output *output) {
    for (size_t i = 0; i < sizeof output_names / sizeof output_names[0]; i++) {
        if (strcmp(output_names[i].name, name) == 0) {
            *output = output_names[i].output;
            return true;
        }
    }
    return false;
}

static bool find_unchecked(const char *name, enum unchecked *unchecked) {
    for (unsigned i = 0; i < UNCHECKED; i++) {
        if (strcmp(unchecked_name((enum unchecked)i), name) == 0) {
            *unchecked = (enum unchecked)i;
            return true;
        }
    }
    return false;
}

static bool work_out(const struct dut_api *api, struct worked_bend *one, struct problem *problem) {
    const char *what = one->bend.what;
    const char *kind = "output";
    bool known = false;
    one->output = DUT_OUTPUTS;
    switch (one->bend.type) {
    case BEND_PARAM:
        kind = "parameter";
        known = dut_api_param(api, what) != NULL;
        break;
    case BEND_DELAY:
    case BEND_HOLD:
        known = find_output(what, &one->output);
        break;
    case BEND_FIELD:
        kind = "message field";
        one->field = field_by_path(what, &one->message);
        known = one->field != NULL;
        break;
    case BEND_SWAP:
    case BEND_MUTE:
    case BEND_LINGER:
        kind = "message";
        one->message = message_by_code(what);
        known = one->message != NULL;
        break;
    case BEND_FORGET:
        kind = "part of the storage (journal, ring, card)";
        one->forgets = strcmp(what, "journal") == 0 ? FORGETS_JOURNAL
                       : strcmp(what, "ring") == 0  ? FORGETS_RING
                       : strcmp(what, "card") == 0  ? FORGETS_CARD
                                                    : FORGETS_NOTHING;
        known = one->forgets != FORGETS_NOTHING;
        break;
    case BEND_UNCHECKED:
        kind = "check of its meters' answers called";
        known = find_unchecked(what, &one->unchecked);
        break;
    }
    if (!known) {
        snprintf(problem->text, sizeof problem->text, "the firmware '%s' has no %s '%s'", api->name,
                 kind, what);
    }
    return known;
}

const struct dut_api *bend_dut(const struct dut_api *api, const struct bend *bends, size_t count,
                               struct problem *problem) {
    if (count > BENDS_MAX) {
        snprintf(problem->text, sizeof problem->text, "a mutant has at most %d bends", BENDS_MAX);
        return NULL;
    }
    work.api = api;
    work.count = count;
    for (size_t i = 0; i < count; i++) {
        work.bends[i] = (struct worked_bend){.bend = bends[i]};
        if (!work_out(api, &work.bends[i], problem)) {
            return NULL;
        }
    }
    work.bent = *api;
    work.bent.instance_size = sizeof(struct shim) + api->instance_size;
    work.bent.init = bent_init;
    work.bent.set_param = bent_set_param;
    work.bent.on_can = bent_on_can;
    work.bent.on_serial = bent_on_serial;
    work.bent.on_input = bent_on_input;
    work.bent.run = bent_run;
    return &work.bent;
}

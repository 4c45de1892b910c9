/* SPDX-License-Identifier: MIT */
#include "harness/mutant/mutation.h"

#include "firmware-under-test/include/charge_record.h"
#include "harness/dut/local.h"
#include "harness/mutant/internal.h"
#include "vehicle_bms/message/messages.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIAL_MAX 1024 /* bytes heard in one piece */

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
    struct lingering lingering[MUTATIONS_MAX][DUT_GUNS_MAX];
    uint8_t cache[CHARGE_RING_OFFSET]; /* of a journal that forgets */
    bool cached[CHARGE_RING_OFFSET];
    struct mutation_meter meter;
    struct mutation_inputs inputs;
    struct mutation_transfer transfers[DUT_GUNS_MAX];
    struct mutation_stale stale[MUTATIONS_MAX][DUT_GUNS_MAX];
    struct blinds blinds;
    unsigned guns; /* that the firmware serves, as it is set up */
    int64_t now_ns;
    max_align_t inner[];
};

/* struct dut_api's functions carry no context of their own, hence one mutant a process. */
static struct {
    const struct dut_api *api;
    enum edition edition;
    struct dut_api mutated;
    struct resolved_mutation mutations[MUTATIONS_MAX];
    size_t count;
} work;

static void give(struct shim *shim, unsigned gun, enum dut_output channel, int32_t value) {
    assert(gun < DUT_GUNS_MAX && channel < DUT_OUTPUTS);
    if (shim->outputs[gun][channel] != value) {
        shim->outputs[gun][channel] = value;
        shim->host->output(shim->host->ctx, gun, channel, value);
    }
}

static void on_output(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct shim *shim = ctx;
    if (gun >= DUT_GUNS_MAX || (unsigned)channel >= DUT_OUTPUTS) {
        shim->host->output(shim->host->ctx, gun, channel, value); /* for the host to complain of */
        return;
    }
    if (channel == DUT_OUT_AUX) {
        blind_session_aux(&shim->blinds.sessions[gun], value);
    }
    gun = shim->guns > 1 ? crossed_output(work.mutations, work.count, gun, channel) : gun;
    bool switching_off = value == 0 && shim->wanted[gun][channel] != 0;
    shim->wanted[gun][channel] = value;
    for (size_t i = 0; i < work.count; i++) {
        const struct resolved_mutation *one = &work.mutations[i];
        if (one->output != channel) {
            continue;
        }
        if (one->mutation.type == MUTATION_HOLD) {
            give(shim, gun, channel, (int32_t)one->mutation.value);
            return;
        }
        if (one->mutation.type == MUTATION_DELAY && value == 0) {
            if (switching_off) {
                shim->off_at_ns[gun][channel] = shim->now_ns + (int64_t)one->mutation.value;
            }
            return;
        }
    }
    shim->off_at_ns[gun][channel] = DUT_NEVER;
    give(shim, gun, channel, value);
}

/* The firmware has sent it by itself: what lingers begins anew. */
static void keep_for_later(struct shim *shim, size_t index, unsigned net,
                           const struct dut_can_frame *frame) {
    const struct resolved_mutation *one = &work.mutations[index];
    unsigned gun = net - DUT_NET_VEHICLE;
    if (one->mutation.type == MUTATION_LINGER && gun < DUT_GUNS_MAX) {
        shim->lingering[index][gun] = (struct lingering){
            .frame = *frame,
            .next_ns = shim->now_ns + mutation_period_ns(one->message, work.edition),
            .until_ns = shim->now_ns + (int64_t)one->mutation.value};
    }
}

static void swap_pairs(struct dut_can_frame *frame) {
    for (size_t k = 0; k + 1 < frame->len; k += 2) {
        uint8_t low = frame->data[k];
        frame->data[k] = frame->data[k + 1];
        frame->data[k + 1] = low;
    }
}

static void shift(const struct resolved_mutation *one, struct dut_can_frame *frame) {
    double value;
    if (field_get(one->field, frame->data, frame->len, &value) != FIELD_NOT_SUPPLIED) {
        field_put(one->field, frame->data, frame->len, value + one->mutation.value);
    }
}

/* What one mutation makes of a message of the firmware. */
static void change_message(struct shim *shim, size_t index, unsigned net,
                           struct dut_can_frame *frame) {
    assert(index < work.count);
    const struct resolved_mutation *one = &work.mutations[index];
    unsigned gun = net - DUT_NET_VEHICLE;
    switch (one->mutation.type) {
    case MUTATION_FIELD:
        field_put(one->field, frame->data, frame->len, one->mutation.value);
        break;
    case MUTATION_SHIFT:
        shift(one, frame);
        break;
    case MUTATION_STALE:
        if (gun < DUT_GUNS_MAX) {
            mutation_stale(&shim->stale[index][gun], one->field, (int64_t)one->mutation.value,
                           shim->now_ns, frame);
        }
        break;
    case MUTATION_SWAP:
        swap_pairs(frame);
        break;
    default:
        break;
    }
}

static void change_transfer(struct shim *shim, const struct resolved_mutation *one, unsigned net,
                            struct dut_can_frame *frame) {
    unsigned gun = net - DUT_NET_VEHICLE;
    if (one->mutation.type == MUTATION_ACKNOWLEDGE && gun < DUT_GUNS_MAX) {
        mutation_transfer_say(&shim->transfers[gun], one->untrue, frame);
    }
}

static int on_can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    struct shim *shim = ctx;
    struct dut_can_frame sent = *frame;
    if (net - DUT_NET_VEHICLE < DUT_GUNS_MAX) {
        blind_session_said(&shim->blinds.sessions[net - DUT_NET_VEHICLE], frame);
    }
    for (size_t i = 0; i < work.count; i++) {
        const struct resolved_mutation *one = &work.mutations[i];
        change_transfer(shim, one, net, &sent);
        if (one->message == NULL || message_id(one->message) != frame->id) {
            continue;
        }
        if (one->mutation.type == MUTATION_MUTE) {
            return 0;
        }
        keep_for_later(shim, i, net, frame);
        change_message(shim, i, net, &sent);
    }
    if (shim->guns > 1) {
        net = crossed_net(work.mutations, work.count, net, frame->id);
    }
    return shim->host->can_send(shim->host->ctx, net, &sent);
}

static unsigned line_of(const struct shim *shim, unsigned line) {
    return shim->guns > 1 ? crossed_line(work.mutations, work.count, line) : line;
}

static int on_serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    struct shim *shim = ctx;
    line = line_of(shim, line);
    mutation_meter_asked(&shim->meter, line, bytes, count);
    return shim->host->serial_write(shim->host->ctx, line, bytes, count);
}

/* The mutation that stands between the firmware and an input; NULL: none does. */
static const struct resolved_mutation *blinded(enum dut_input channel) {
    for (size_t i = 0; i < work.count; i++) {
        enum mutation_type type = work.mutations[i].mutation.type;
        if ((type == MUTATION_FREEZE || type == MUTATION_ASSUME || type == MUTATION_UNSAMPLED) &&
            work.mutations[i].input == channel) {
            return &work.mutations[i];
        }
    }
    return NULL;
}

static const int32_t *kept(const struct shim *shim, unsigned gun, enum dut_input channel) {
    return blinds_kept(&shim->blinds, work.mutations, work.count, gun, channel);
}

static void look_at_phases(struct shim *shim) {
    blinds_look(&shim->blinds, work.mutations, work.count, shim->host, work.api->guns);
}

/* What stepped while it was blind, it is told now. */
static void tell_missed(struct shim *shim) {
    for (unsigned gun = 0; gun < work.api->guns; gun++) {
        for (unsigned i = 0; i < DUT_INPUTS; i++) {
            enum dut_input channel = (enum dut_input)i;
            if (blinds_missed(&shim->blinds, work.mutations, work.count, gun, channel)) {
                work.api->on_input(shim->inner, shim->now_ns, gun, channel,
                                   shim->host->input(shim->host->ctx, gun, channel));
            }
        }
        shim->blinds.ended[gun] = false;
    }
}

/* What of two guns counts for this one. */
static int32_t read_for(const struct shim *shim, unsigned gun, enum dut_input channel) {
    const struct dut_host *host = shim->host;
    if (shim->guns < 2 || gun >= DUT_GUNS_MAX) {
        return host->input(host->ctx, gun, channel);
    }
    gun = crossed_input(work.mutations, work.count, gun, channel);
    int32_t value = host->input(host->ctx, gun, channel);
    return is_shared(work.mutations, work.count, channel)
               ? shared_value(channel, value, host->input(host->ctx, 1 - gun, channel))
               : value;
}

static int32_t on_read(void *ctx, unsigned gun, enum dut_input channel) {
    struct shim *shim = ctx;
    if (kept(shim, gun, channel) != NULL) {
        return *kept(shim, gun, channel);
    }
    const struct resolved_mutation *blind = blinded(channel);
    if (blind == NULL || gun >= DUT_GUNS_MAX) {
        return read_for(shim, gun, channel);
    }
    if (blind->mutation.type == MUTATION_FREEZE) {
        return (int32_t)blind->mutation.value;
    }
    int32_t now = shim->host->input(shim->host->ctx, gun, channel);
    return blind->mutation.type == MUTATION_ASSUME
               ? mutation_input_assumed(&shim->inputs, gun, channel, (int32_t)blind->mutation.value,
                                        now)
               : mutation_input_unsampled(&shim->inputs, gun, channel, now);
}

static int on_store_read(void *ctx, unsigned record, void *bytes, size_t size) {
    struct shim *shim = ctx;
    return shim->host->store_read(shim->host->ctx, record, bytes, size);
}

/* A journal that forgets: what is written can be read until the supply goes, as from a cache that
 * nobody writes back. A ring that forgets keeps nothing, nor does what is kept for the cards. */
static bool forgets(enum forgetful area) {
    for (size_t i = 0; i < work.count; i++) {
        if (work.mutations[i].forgets == area) {
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
    assert(work.count <= MUTATIONS_MAX && work.api->guns <= DUT_GUNS_MAX);
    for (size_t i = 0; i < work.count; i++) {
        if (work.mutations[i].mutation.type == MUTATION_HOLD) {
            for (unsigned gun = 0; gun < work.api->guns; gun++) {
                give(shim, gun, work.mutations[i].output,
                     (int32_t)work.mutations[i].mutation.value);
            }
        }
    }
}

static int mutated_init(void *dut, const struct dut_host *host, int64_t now_ns) {
    struct shim *shim = dut;
    shim->host = host;
    shim->now_ns = now_ns;
    shim->guns = dut_api_param(work.api, "guns") != NULL ? 1 : work.api->guns;
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
        for (size_t i = 0; i < MUTATIONS_MAX; i++) {
            shim->lingering[i][gun].next_ns = DUT_NEVER;
        }
    }
    hold_outputs(shim);
    int failed = work.api->init(shim->inner, &shim->inner_host, now_ns);
    for (size_t i = 0; i < work.count && failed >= 0; i++) {
        const struct mutation *mutation = &work.mutations[i].mutation;
        if (mutation->type == MUTATION_PARAM) {
            failed = work.api->set_param(shim->inner, mutation->what, (int32_t)mutation->value);
        }
    }
    return failed;
}

/* What the mutant has changed stays so, whatever a case sets. */
static int mutated_set_param(void *dut, const char *name, int32_t value) {
    struct shim *shim = dut;
    if (strcmp(name, "guns") == 0 && value >= 1) {
        shim->guns = (unsigned)value;
    }
    for (size_t i = 0; i < work.count; i++) {
        const struct mutation *mutation = &work.mutations[i].mutation;
        if (mutation->type == MUTATION_PARAM && strcmp(mutation->what, name) == 0) {
            return 0;
        }
    }
    return work.api->set_param(shim->inner, name, value);
}

static void mutated_on_can(void *dut, int64_t now_ns, unsigned net,
                           const struct dut_can_frame *frame) {
    struct shim *shim = dut;
    unsigned gun = net - DUT_NET_VEHICLE;
    shim->now_ns = now_ns;
    if (gun < DUT_GUNS_MAX) {
        mutation_transfer_heard(&shim->transfers[gun], frame);
    }
    work.api->on_can(shim->inner, now_ns, net, frame);
}

static void mutated_on_serial(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes,
                              size_t count) {
    struct shim *shim = dut;
    uint8_t heard[SERIAL_MAX];
    shim->now_ns = now_ns;
    line = line_of(shim, line);
    if (count > sizeof heard) {
        work.api->on_serial(shim->inner, now_ns, line, bytes, count);
        return;
    }
    memcpy(heard, bytes, count);
    for (size_t i = 0; i < work.count; i++) {
        if (work.mutations[i].mutation.type == MUTATION_UNCHECKED) {
            mutation_meter_mend(&shim->meter, work.mutations[i].unchecked, line, heard, count);
        }
    }
    work.api->on_serial(shim->inner, now_ns, line, heard, count);
}

/* What steps is told to the gun that it counts for, or to both. */
static void tell(struct shim *shim, unsigned gun, enum dut_input channel, int32_t value) {
    bool two = shim->guns > 1 && gun < DUT_GUNS_MAX;
    if (two && is_shared(work.mutations, work.count, channel)) {
        value = read_for(shim, gun, channel);
        work.api->on_input(shim->inner, shim->now_ns, 1 - gun, channel, value);
    }
    gun = two ? crossed_input(work.mutations, work.count, gun, channel) : gun;
    work.api->on_input(shim->inner, shim->now_ns, gun, channel, value);
}

static void mutated_on_input(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                             int32_t value) {
    struct shim *shim = dut;
    const struct resolved_mutation *blind = blinded(channel);
    shim->now_ns = now_ns;
    look_at_phases(shim);
    if ((blind != NULL && blind->mutation.type == MUTATION_FREEZE) ||
        kept(shim, gun, channel) != NULL) {
        return;
    }
    if (gun < DUT_GUNS_MAX && (unsigned)channel < DUT_INPUTS) {
        mutation_input_told(&shim->inputs, gun, channel, value);
    }
    tell(shim, gun, channel, value);
}

static int32_t mutated_capability(void *dut, unsigned gun, enum dut_capability what) {
    return work.api->capability(((struct shim *)dut)->inner, gun, what);
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
    assert(next > now_ns);
}

/* Sends what lingers, after the firmware has had its turn; says when the next is. */
static int64_t linger_due(struct shim *shim, int64_t now_ns) {
    int64_t next = DUT_NEVER;
    for (size_t i = 0; i < work.count; i++) {
        for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
            struct lingering *one = &shim->lingering[i][gun];
            if (one->next_ns <= now_ns) {
                shim->host->can_send(shim->host->ctx, DUT_NET_VEHICLE + gun, &one->frame);
                one->next_ns += mutation_period_ns(work.mutations[i].message, work.edition);
            }
            if (one->next_ns > one->until_ns) {
                one->next_ns = DUT_NEVER;
            }
            next = one->next_ns < next ? one->next_ns : next;
        }
    }
    return next;
}

static int64_t mutated_run(void *dut, int64_t now_ns) {
    struct shim *shim = dut;
    shim->now_ns = now_ns;
    look_at_phases(shim);
    tell_missed(shim);
    int64_t wake = work.api->run(shim->inner, now_ns);
    int64_t off = switch_off_due(shim, now_ns);
    int64_t linger = linger_due(shim, now_ns);
    wake = linger < wake ? linger : wake;
    return off < wake ? off : wake;
}

const struct dut_api *mutation_apply(const struct dut_api *api, enum edition edition,
                                     const struct mutation *mutations, size_t count,
                                     struct problem *problem) {
    if (count > MUTATIONS_MAX) {
        problem_set(problem, "a mutant has at most %d mutations", MUTATIONS_MAX);
        return NULL;
    }
    work.api = api;
    work.edition = edition;
    work.count = count;
    for (size_t i = 0; i < count; i++) {
        work.mutations[i] = (struct resolved_mutation){.mutation = mutations[i]};
        if (!mutation_resolve(api, edition, &work.mutations[i], problem)) {
            return NULL;
        }
    }
    assert(dut_api_bytes(api) <= sizeof work.mutated);
    memcpy(&work.mutated, api, dut_api_bytes(api));
    work.mutated.instance_size = sizeof(struct shim) + api->instance_size;
    work.mutated.init = mutated_init;
    work.mutated.set_param = mutated_set_param;
    work.mutated.on_can = mutated_on_can;
    work.mutated.on_serial = mutated_on_serial;
    work.mutated.on_input = mutated_on_input;
    work.mutated.run = mutated_run;
    work.mutated.capability = mutated_capability;
    return &work.mutated;
}

/* SPDX-License-Identifier: MIT */
#include "meter/meter.h"

#include "services/assert.h"

#define COUNT_MAX    1000000 /* where counters of failures stop */
#define DI_BYTES     4
#define ENERGY_BYTES 4 /* XXXXXX.XX kWh: of another length it has other decimals, unknown ones */

static const struct {
    uint32_t di;
    bool is_signed;
    uint8_t bytes; /* 0: as the meter's maker has it, its decimals are parameters */
} items[CORE_METER_ITEMS] = {
    [CORE_METER_ENERGY] = {CORE_DLT645_ENERGY, false, ENERGY_BYTES},
    [CORE_METER_VOLTAGE] = {CORE_DLT645_VOLTAGE, false, 0},
    [CORE_METER_CURRENT] = {CORE_DLT645_CURRENT, true, 0},
};

static int64_t param_ns(const struct core_meter *meter, enum core_param ms) {
    CORE_ASSERT(meter->param[ms] >= 0);
    return (int64_t)meter->param[ms] * 1000000;
}

void core_meter_begin(struct core_meter *meter, const struct dut_host *host, const int32_t *param,
                      unsigned line, enum core_param address) {
    *meter = (struct core_meter){
        .host = host,
        .param = param,
        .line = line,
        .address = address,
        .absent = host->serial_write == NULL,
        .round_ns = INT64_MIN / 2,
        .due_ns = INT64_MIN / 2,
    };
}

/* After the last item, or when the meter is given up, the next round begins with the energy. */
static void next_item(struct core_meter *meter, int64_t now_ns, bool all) {
    CORE_ASSERT(meter->item < CORE_METER_ITEMS);
    bool last = !all || meter->item + 1 == CORE_METER_ITEMS;
    meter->item = last ? CORE_METER_ENERGY : meter->item + 1;
    meter->within = !last;
    meter->tried = 0;
    meter->waiting = false;
    meter->due_ns = now_ns + param_ns(meter, CORE_P_METER_PAUSE);
}

static void count_up(int32_t *counter) {
    *counter += *counter < COUNT_MAX;
    CORE_ASSERT(*counter >= 1 && *counter <= COUNT_MAX);
}

static void failed(struct core_meter *meter, int64_t now_ns) {
    CORE_ASSERT(meter->waiting && meter->within && meter->tried >= 1);
    meter->waiting = false;
    meter->due_ns = now_ns + param_ns(meter, CORE_P_METER_PAUSE);
    if (meter->item == CORE_METER_ENERGY) {
        count_up(&meter->energy_failed);
    }
    if ((int32_t)meter->tried >= meter->param[CORE_P_METER_TRIES]) {
        meter->known[meter->item] = false;
        next_item(meter, now_ns, false);
    }
}

static void ask(struct core_meter *meter, int64_t now_ns) {
    uint8_t bytes[CORE_DLT645_REQUEST_MAX], address[CORE_DLT645_ADDRESS];
    core_dlt645_address(meter->param[meter->address], address);
    unsigned count = core_dlt645_request(bytes, (unsigned)meter->param[CORE_P_METER_WAKE_UPS],
                                         address, items[meter->item].di);
    if (!meter->within && meter->tried == 0) {
        meter->round_ns = now_ns;
    }
    meter->within = true;
    CORE_ASSERT(!meter->waiting); /* one request at a time */
    meter->tried++;
    meter->rx.count = 0;
    meter->waiting = true;
    /* A late answer to the request before cannot be told from this one's: the earlier instant
     * counts. */
    if (meter->unanswered == 0) {
        meter->asked_ns = now_ns;
    }
    meter->due_ns = now_ns + param_ns(meter, CORE_P_METER_TIMEOUT);
    if (meter->host->serial_write(meter->host->ctx, meter->line, bytes, count) ==
        DUT_ERROR_ABSENT) {
        meter->absent = true;
    }
}

int64_t core_meter_run(struct core_meter *meter, int64_t now_ns, int64_t period_ns, bool all) {
    CORE_ASSERT(meter->absent || meter->item < CORE_METER_ITEMS);
    if (meter->absent) {
        return DUT_NEVER;
    }
    if (meter->waiting && now_ns >= meter->due_ns) {
        count_up(&meter->unanswered);
        failed(meter, now_ns);
    }
    if (meter->item != CORE_METER_ENERGY && !meter->waiting && !all) {
        next_item(meter, now_ns, false);
    }
    if (meter->waiting) {
        return meter->due_ns;
    }
    int64_t due_ns = meter->due_ns;
    if (!meter->within && meter->round_ns + period_ns > due_ns) {
        due_ns = meter->round_ns + period_ns;
    }
    if (now_ns < due_ns) {
        return due_ns;
    }
    ask(meter, now_ns);
    CORE_ASSERT(meter->due_ns > now_ns && meter->round_ns <= now_ns);
    return meter->absent ? DUT_NEVER : meter->due_ns;
}

static bool from_meter(const struct core_meter *meter, const struct core_dlt645_frame *frame) {
    CORE_ASSERT(meter->waiting);
    uint8_t address[CORE_DLT645_ADDRESS];
    core_dlt645_address(meter->param[meter->address], address);
    for (unsigned i = 0; i < CORE_DLT645_ADDRESS; i++) {
        if (frame->address[i] != address[i]) {
            return false;
        }
    }
    return true;
}

static bool fits_item(const struct core_meter *meter, const struct core_dlt645_frame *frame) {
    CORE_ASSERT(meter->item < CORE_METER_ITEMS);
    uint8_t bytes = items[meter->item].bytes;
    return core_dlt645_carries(frame, items[meter->item].di) &&
           (bytes == 0 || frame->length == DI_BYTES + bytes);
}

/* From the meter's decimals to mV and mA; the energy stays in its register's last digit. */
static int64_t scaled(const struct core_meter *meter, int64_t value) {
    CORE_ASSERT(meter->item < CORE_METER_ITEMS);
    int32_t decimals = 3;
    if (meter->item == CORE_METER_VOLTAGE) {
        decimals = meter->param[CORE_P_METER_VOLTAGE_DECIMALS];
    } else if (meter->item == CORE_METER_CURRENT) {
        decimals = meter->param[CORE_P_METER_CURRENT_DECIMALS];
    }
    for (; decimals < 3; decimals++) {
        value *= 10;
    }
    for (; decimals > 3; decimals--) {
        value /= 10;
    }
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : value;
}

static void take(struct core_meter *meter, int64_t now_ns, const struct core_dlt645_frame *frame) {
    int64_t value;
    if (!meter->waiting || !from_meter(meter, frame)) {
        return;
    }
    if (frame->control == CORE_DLT645_REFUSED) {
        meter->unanswered = 0;
        failed(meter, now_ns);
        return;
    }
    if (!fits_item(meter, frame) ||
        !core_dlt645_value(frame, items[meter->item].is_signed, &value)) {
        return; /* an echo, another item or length, no number: the timeout sees to it */
    }
    meter->unanswered = 0;
    meter->known[meter->item] = true;
    meter->value[meter->item] = (int32_t)scaled(meter, value);
    meter->fresh |= 1u << meter->item;
    if (meter->item == CORE_METER_ENERGY) {
        meter->energy_failed = 0;
        CORE_ASSERT(meter->asked_ns >= meter->energy_asked_ns);
        meter->energy_asked_ns = meter->asked_ns;
    }
    CORE_ASSERT(meter->known[meter->item] &&
                !(meter->item == CORE_METER_ENERGY && meter->value[CORE_METER_ENERGY] < 0));
    next_item(meter, now_ns, true);
}

bool core_meter_hear(struct core_meter *meter, int64_t now_ns, const uint8_t *bytes,
                     unsigned count) {
    struct core_dlt645_frame frame;
    meter->fresh = 0;
    if (now_ns - meter->heard_ns > param_ns(meter, CORE_P_METER_GAP)) {
        meter->rx.count = 0;
    }
    meter->heard_ns = now_ns;
    for (unsigned i = 0; i < count; i++) {
        if (core_dlt645_byte(&meter->rx, bytes[i], &frame)) {
            take(meter, now_ns, &frame);
        }
    }
    CORE_ASSERT(meter->fresh >> CORE_METER_ITEMS == 0);
    return meter->fresh != 0;
}

/* SPDX-License-Identifier: MIT */
#include "account.h"

#include "gun.h"

#define JOULE_PER_STEP 36000 /* 0.01 kWh */

static bool recording(const struct gun *gun) {
    return gun->host->bulk_read != NULL && gun->host->bulk_write != NULL;
}

static int64_t wall_s(const struct gun *gun) {
    int64_t host_s = gun->host->wall_time == NULL ? -1 : gun->host->wall_time(gun->host->ctx);
    return host_s < 0 ? -1 : host_s + gun->param[CORE_P_CLOCK_ZONE] * 60;
}

static void write_number(char *text, int32_t number) {
    char reversed[CHARGE_TEXT_BYTES];
    unsigned count = 0;
    for (; number > 0; number /= 10)
        reversed[count++] = (char)('0' + number % 10);
    for (unsigned i = 0; i < count; i++)
        text[i] = reversed[count - 1 - i];
}

static void write_vin(const struct gun *gun, struct core_charge_setup *setup) {
    for (unsigned i = 0; i < sizeof gun->link.vin; i++) {
        uint8_t c = gun->link.vin[i];
        if (c == 0 || c >= 0x7F) /* not supplied */
            return;
        setup->vehicle[i] = (char)c;
    }
    setup->vehicle_kind = CHARGE_VEHICLE_VIN;
}

static uint32_t reg_of(struct core_meter_reading reading) {
    return (uint32_t)reading.register_10wh;
}

void core_account_begin(struct gun *gun) {
    gun->account = (struct core_account){.off_ns = INT64_MAX};
}

/* A meter that was silent to the end of the former charge has answered by now. */
static bool close_former(struct gun *gun, struct core_meter_reading reading) {
    struct core_account *account = &gun->account;
    if (!account->charge.active)
        return true;
    (void)core_charge_reading(&account->charge, reg_of(reading), -1, gun->now);
    return core_charge_end(&account->charge, (enum charge_stop)account->stop, account->fault, -1) >=
           0;
}

enum core_fault core_account_refusal(const struct gun *gun) {
    struct core_tariff_table table;
    if (recording(gun) && core_tariff_take(&table, gun->param) != 0)
        return CORE_FAULT_TARIFF;
    return CORE_FAULT_NONE;
}

void core_account_explain(struct gun *gun, enum core_fault refusal) {
    struct core_tariff_table table;
    unsigned bad = core_tariff_take(&table, gun->param);
    if (refusal == CORE_FAULT_TARIFF && bad != 0)
        core_log(gun, "no tariff, or not later than the one before",
                 core_params[CORE_P_TARIFF_SWITCH_1 + bad - 1].name);
}

void core_account_open(struct gun *gun) {
    struct core_account *account = &gun->account;
    struct core_meter_reading reading = core_metering_reading(gun);
    struct core_tariff_table table;
    unsigned bad = core_tariff_take(&table, gun->param);
    struct core_charge_setup setup = {
        .records = &gun->core->records,
        .table = &table,
        .gun = gun->index,
        .mode = (enum charge_mode)gun->param[CORE_P_BILLING_MODE],
        .limit = (uint64_t)gun->param[CORE_P_BILLING_LIMIT],
        .jump_max = (uint32_t)gun->param[CORE_P_BILLING_JUMP],
        .reserve = (uint32_t)gun->param[CORE_P_BILLING_RESERVE],
        .save_ns = core_ns(gun, CORE_P_BILLING_SAVE),
        .balance = gun->param[CORE_P_CARD_BALANCE],
    };
    if (!recording(gun))
        return;
    if (bad != 0) { /* changed since the start */
        core_fail(gun, CORE_FAULT_TARIFF);
        return;
    }
    write_number(setup.card, gun->param[CORE_P_CARD_NUMBER]);
    write_vin(gun, &setup);
    account->off_ns = INT64_MAX;
    account->read_ns = reading.at_ns;
    if (!close_former(gun, reading) ||
        core_charge_begin(&account->charge, &setup, reg_of(reading), wall_s(gun), gun->now) < 0)
        core_fail(gun, CORE_FAULT_RECORDS);
}

static enum charge_stop stop_reason(const struct gun *gun) {
    static const uint8_t reasons[] = {
        [CORE_CAUSE_NONE] = CHARGE_STOP_LINK,     [CORE_CAUSE_CONDITION] = CHARGE_STOP_LIMIT,
        [CORE_CAUSE_PERSON] = CHARGE_STOP_PERSON, [CORE_CAUSE_FAULT] = CHARGE_STOP_FAULT,
        [CORE_CAUSE_BMS] = CHARGE_STOP_VEHICLE,
    };
    if (gun->fault == CORE_FAULT_COMMUNICATION)
        return CHARGE_STOP_LINK;
    return gun->fault != CORE_FAULT_NONE ? CHARGE_STOP_FAULT
                                         : (enum charge_stop)reasons[gun->session.cause];
}

/* The session is over and its output off: from here on a reading is the last one. */
static void watch_end(struct gun *gun) {
    struct core_account *account = &gun->account;
    if (core_session_supervised(gun) || !core_output_is_off(gun) || account->off_ns != INT64_MAX)
        return;
    account->off_ns = gun->now;
    account->stop = (uint8_t)stop_reason(gun);
    account->fault = (uint16_t)gun->fault;
}

static void bill(struct gun *gun, struct core_meter_reading reading) {
    struct core_account *account = &gun->account;
    struct core_charge *charge = &account->charge;
    int64_t period_ns = core_ns(gun, CORE_P_METER_PERIOD);
    bool last = account->off_ns != INT64_MAX;
    /* A register behind an input is new whenever it is looked at: once in a period is enough. */
    if (!last && (reading.at_ns == account->read_ns ||
                  (gun->metering.meter.absent && !core_due(gun, account->read_ns + period_ns))))
        return;
    account->read_ns = reading.at_ns;
    (void)core_charge_reading(charge, reg_of(reading), wall_s(gun), gun->now);
    if (last && core_metering_final(gun, account->off_ns) &&
        core_charge_end(charge, (enum charge_stop)account->stop, account->fault, wall_s(gun)) >= 0)
        account->off_ns = INT64_MAX;
}

static void recover(struct gun *gun, struct core_meter_reading reading) {
    struct core_account *account = &gun->account;
    struct core_records *records = &gun->core->records;
    if (!records->ready && core_records_begin(records, gun->host) < 0) {
        core_log(gun, "charge records", "storage does not answer");
        return;
    }
    account->recovered = core_charge_recover(&account->charge, records, gun->index, reg_of(reading),
                                             (uint32_t)gun->param[CORE_P_BILLING_JUMP]) >= 0;
}

void core_account_run(struct gun *gun) {
    struct core_account *account = &gun->account;
    struct core_meter_reading reading;
    if (!recording(gun) || (account->recovered && !account->charge.active))
        return;
    watch_end(gun);
    reading = core_metering_reading(gun);
    if (!reading.valid)
        return;
    if (!account->recovered)
        recover(gun, reading);
    if (account->charge.active)
        bill(gun, reading);
}

bool core_account_reached(const struct gun *gun) {
    const struct core_charge *charge = &gun->account.charge;
    return charge->active && core_charge_limit_reached(charge, gun->now);
}

/* What is allowed beyond the reserve may flow within billing.creep, not faster: so the last step is
 * slow enough for the meter's next reading and the ramp to stay within the reserve. */
int32_t core_account_cap_ma(const struct gun *gun) {
    const struct core_charge *charge = &gun->account.charge;
    int64_t mv = gun->in[DUT_IN_OUTER_MV] > 1000 ? gun->in[DUT_IN_OUTER_MV] : 1000;
    int64_t creep_ms = gun->param[CORE_P_BILLING_CREEP];
    int64_t steps, ma;
    uint32_t allowed = charge->active ? core_billing_allowed(&charge->record.billing) : UINT32_MAX;
    if (allowed == CORE_BILLING_UNLIMITED || creep_ms == 0)
        return CORE_MA_MAX;
    steps = (int64_t)allowed - charge->setup.reserve;
    ma = (steps < 1 ? 1 : steps) * JOULE_PER_STEP * 1000000 / creep_ms * 1000 / mv;
    return ma > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)ma;
}

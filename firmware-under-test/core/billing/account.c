/* SPDX-License-Identifier: MIT */
#include "billing/account.h"

#include "services/assert.h"

#define JOULE_PER_STEP 36000 /* 0.01 kWh */
#define MWH_PER_STEP   10000
#define STEPS_MAX      100000 /* further than that from a limit no current is capped */
#define RETRY_NS       INT64_C(1000000000)

static bool recording(const struct core_account *account) {
    return account->services->host->bulk_read != NULL &&
           account->services->host->bulk_write != NULL;
}

static void write_number(char *text, int32_t number) {
    char reversed[CHARGE_TEXT_BYTES];
    unsigned count = 0;
    for (; number > 0; number /= 10) {
        reversed[count++] = (char)('0' + number % 10);
    }
    CORE_ASSERT(count < CHARGE_TEXT_BYTES);
    for (unsigned i = 0; i < count; i++) {
        text[i] = reversed[count - 1 - i];
    }
}

static void write_vin(const uint8_t *vin, struct core_charge_setup *setup) {
    for (unsigned i = 0; i < CORE_ACCOUNT_VIN; i++) {
        uint8_t c = vin[i];
        if (c == 0 || c >= 0x7F) { /* not supplied */
            return;
        }
        setup->vehicle[i] = (char)c;
    }
    setup->vehicle_kind = CHARGE_VEHICLE_VIN;
}

static uint32_t reg_of(struct core_meter_reading reading) {
    return (uint32_t)reading.register_10wh;
}

void core_account_begin(struct core_account *account, struct core_services *services,
                        struct core_metering *metering, struct core_records *records) {
    *account = (struct core_account){.services = services,
                                     .metering = metering,
                                     .records = records,
                                     .off_ns = INT64_MAX,
                                     .tried_ns = INT64_MIN / 2};
}

/* ---- the storage ---- */

/* A charge under way ends when it has not been saved for too long; nothing begins meanwhile. */
static bool stored(struct core_account *account, int result) {
    bool failing = result < 0;
    if (failing != account->failing) {
        account->failing_ns = account->services->now;
        core_recheck(account->services); /* it is shown, or no longer */
        core_again(account->services);
        core_log(account->services, "charge records",
                 failing ? "storage does not answer" : "storage answers");
    }
    account->failing = failing;
    account->tried_ns = account->services->now;
    if (failing) {
        core_wake(account->services, account->services->now + RETRY_NS);
    }
    if (failing && account->session.running && account->charge.active &&
        account->services->now - account->failing_ns >=
            core_ns(account->services, CORE_P_BILLING_STORAGE)) {
        core_fail(account->services, CORE_FAULT_RECORDS);
    }
    CORE_ASSERT(!failing || account->failing_ns <= account->tried_ns);
    return !failing;
}

/* False: it failed, and it is not yet time to try again. */
static bool may_try(struct core_account *account) {
    return !account->failing || core_due(account->services, account->tried_ns + RETRY_NS);
}

/* ---- while it charges ---- */

static uint8_t why_not(struct core_meter_reading reading) {
    if (reading.valid) {
        return 0;
    }
    return reading.silent ? CHARGE_FLAG_SILENT : CHARGE_FLAG_DOUBTED;
}

/* What flows is pending until the register shows it. A register that has moved shows it but for
 * less than its own step, and than what flowed since it moved before. */
static void measure(struct core_account *account) {
    struct core_account_pending *pending = &account->pending;
    int64_t flow_mwh = account->metering->own.mwh - pending->own_mwh;
    pending->own_mwh = account->metering->own.mwh;
    pending->flow_mwh += flow_mwh;
    pending->mwh += flow_mwh;
    if (pending->mwh < 0) {
        pending->mwh = 0;
    }
    CORE_ASSERT(pending->mwh >= 0);
}

static void register_moved(struct core_account_pending *pending, uint32_t steps) {
    CORE_ASSERT(steps < CORE_BILLING_ROLL_OVER);
    if (steps > 0) {
        if (pending->grain == 0 || steps < pending->grain) {
            pending->grain = steps;
        }
        int64_t most = (int64_t)pending->grain * MWH_PER_STEP - 1;
        most = pending->flow_mwh < most ? pending->flow_mwh : most;
        most = most < 0 ? 0 : most; /* a little may have flowed back */
        pending->mwh -= (int64_t)steps * MWH_PER_STEP;
        pending->mwh = pending->mwh > most ? most : pending->mwh < 0 ? 0 : pending->mwh;
        pending->flow_mwh = 0;
        CORE_ASSERT(pending->mwh >= 0 && pending->mwh < (int64_t)pending->grain * MWH_PER_STEP);
    }
}

static void look_ahead(struct core_account *account) {
    struct core_charge *charge = &account->charge;
    struct core_billing *billing = &charge->record.billing;
    int64_t ahead_ms = (int64_t)account->services->param[CORE_P_BILLING_CREEP] +
                       account->services->param[CORE_P_RAMP_TIMEOUT] +
                       2 * (int64_t)account->services->param[CORE_P_METER_PERIOD];
    int64_t now_s = core_wall_s(account->services);
    billing->pending = (uint32_t)(account->pending.mwh / MWH_PER_STEP);
    CORE_ASSERT(account->pending.mwh >= 0);
    billing->soon = 0;
    if (now_s >= 0) {
        billing->soon = (uint8_t)core_tariff_at(&charge->table, now_s + ahead_ms / 1000 + 1);
    }
}

static void bill(struct core_account *account, struct core_meter_reading reading) {
    CORE_ASSERT(account->charge.active && account->off_ns == INT64_MAX); /* while it goes on */
    struct core_charge *charge = &account->charge;
    int64_t period_ns = core_ns(account->services, CORE_P_METER_PERIOD);
    uint32_t before = charge->record.billing.last;
    /* A register behind an input is new whenever it is looked at: once in a period is enough. */
    if (reading.at_ns == account->read_ns ||
        (account->metering->meter.absent &&
         !core_due(account->services, account->read_ns + period_ns))) {
        return;
    }
    account->read_ns = reading.at_ns;
    (void)stored(account,
                 core_charge_reading(charge, reg_of(reading), core_wall_s(account->services),
                                     account->services->now));
    register_moved(&account->pending,
                   (charge->record.billing.last + CORE_BILLING_ROLL_OVER - before) %
                       CORE_BILLING_ROLL_OVER);
}

static void charge_on(struct core_account *account, struct core_meter_reading reading) {
    CORE_ASSERT(account->charge.active && account->off_ns == INT64_MAX);
    struct core_charge *charge = &account->charge;
    unsigned why = why_not(reading);
    bool was = (charge->record.flags & (CHARGE_FLAG_SILENT | CHARGE_FLAG_DOUBTED)) != 0;
    measure(account);
    if ((why != 0 || was) && may_try(account)) {
        (void)stored(account, core_charge_beyond(charge, (uint32_t)reading.beyond_wh, why,
                                                 account->services->now,
                                                 core_ns(account->services, CORE_P_METER_PERIOD)));
    }
    if (reading.valid) {
        bill(account, reading);
    }
    look_ahead(account);
}

/* ---- the end of a charge ---- */

static void went_off(struct core_account *account, struct core_meter_reading reading) {
    CORE_ASSERT(account->charge.active && account->off_ns == INT64_MAX);
    account->off_ns = account->services->now;
    account->off_s = core_wall_s(account->services);
    account->stop = (uint8_t)account->session.stop;
    account->fault = (uint16_t)account->services->fault;
    account->unread_wh = core_metering_unread_wh(account->metering);
    account->why = why_not(reading);
    account->disagreed = 0;
    if (account->why != 0) { /* may take a while */
        (void)stored(account,
                     core_charge_stopped(&account->charge, (enum charge_stop)account->stop,
                                         account->fault, account->off_s, account->services->now));
    }
}

/* The session is over and its output off: from here on a reading is the last one. */
static void watch_end(struct core_account *account, struct core_meter_reading reading) {
    if (account->charge.active && account->off_ns == INT64_MAX && account->session.over) {
        went_off(account, reading);
    }
}

static bool close_record(struct core_account *account) {
    CORE_ASSERT(account->off_ns != INT64_MAX); /* its output is off */
    int result = core_charge_end(&account->charge, (enum charge_stop)account->stop, account->fault,
                                 account->off_s);
    if (stored(account, result)) {
        account->off_ns = INT64_MAX;
    }
    CORE_ASSERT(account->charge.active == (result < 0));
    return result >= 0;
}

static bool close_by_register(struct core_account *account, uint32_t reg) {
    (void)core_charge_beyond(&account->charge, 0, 0, account->services->now, INT64_MAX);
    (void)core_charge_reading(&account->charge, reg, account->off_s, account->off_ns);
    account->unread_wh = 0; /* read now, even if the record has to be written once more */
    account->why = 0;
    return close_record(account);
}

static bool close_by_own_measurement(struct core_account *account, unsigned why) {
    int32_t wh = account->services->param[CORE_P_METER_BEYOND] == 0 ? 0 : account->unread_wh;
    CORE_ASSERT(wh >= 0 && (account->why != 0 || why != 0)); /* and it says why */
    (void)core_charge_beyond(&account->charge, (uint32_t)wh, account->why != 0 ? account->why : why,
                             account->services->now, INT64_MAX);
    return close_record(account);
}

static bool admits(const struct core_account *account, uint32_t reg) {
    CORE_ASSERT(account->charge.active);
    const struct core_billing *billing = &account->charge.record.billing;
    uint32_t steps = (reg + CORE_BILLING_ROLL_OVER - billing->last) % CORE_BILLING_ROLL_OVER;
    if (account->metering->meter.absent) { /* by input: believed */
        return true;
    }
    return reg < CORE_BILLING_ROLL_OVER && steps <= billing->jump_max &&
           core_metering_admits(account->metering, steps, account->unread_wh);
}

/* The output is off: the next register is the last one, if it admits what was delivered. */
static void settle(struct core_account *account, struct core_meter_reading reading) {
    CORE_ASSERT(account->off_ns <= account->services->now && account->unread_wh >= 0);
    bool fresh = reading.valid && core_metering_final(account->metering, account->off_ns);
    if (!may_try(account)) {
        return;
    }
    if (fresh && admits(account, reg_of(reading))) {
        (void)close_by_register(account, reg_of(reading));
        return;
    }
    if (fresh && reading.at_ns != account->read_ns) {
        account->read_ns = reading.at_ns;
        account->disagreed++;
    }
    if (account->disagreed >= account->services->param[CORE_P_METER_CONFIRM]) {
        (void)close_by_own_measurement(account, CHARGE_FLAG_DOUBTED);
    } else if (core_elapsed(account->services, account->off_ns, CORE_P_BILLING_WAIT)) {
        (void)close_by_own_measurement(account,
                                       reading.valid ? CHARGE_FLAG_DOUBTED : CHARGE_FLAG_SILENT);
    }
}

/* A new charge is about to begin: what is not closed by now will not be closed by waiting. */
static bool close_former(struct core_account *account, struct core_meter_reading reading) {
    if (!account->charge.active) {
        return true;
    }
    if (account->off_ns == INT64_MAX) {
        went_off(account, reading);
    }
    return admits(account, reg_of(reading))
               ? close_by_register(account, reg_of(reading))
               : close_by_own_measurement(account, CHARGE_FLAG_DOUBTED);
}

/* ---- the begin ---- */

enum core_fault core_account_refusal(const struct core_account *account) {
    struct core_tariff_table table;
    if (!recording(account)) {
        return CORE_FAULT_NONE;
    }
    if (account->failing && (account->charge.active || !account->recovered)) {
        return CORE_FAULT_RECORDS; /* of an older charge; a new one finds out by itself */
    }
    return core_tariff_take(&table, account->services->param) != 0 ? CORE_FAULT_TARIFF
                                                                   : CORE_FAULT_NONE;
}

void core_account_explain(struct core_account *account, enum core_fault refusal) {
    struct core_tariff_table table;
    unsigned bad = core_tariff_take(&table, account->services->param);
    if (refusal == CORE_FAULT_TARIFF && bad != 0) {
        core_log(account->services, "no tariff, or not later than the one before",
                 core_params[CORE_P_TARIFF_SWITCH_1 + bad - 1].name);
    }
}

static struct core_charge_setup setup_now(struct core_account *account, const uint8_t *vin,
                                          const struct core_tariff_table *table) {
    struct core_charge_setup setup = {
        .records = account->records,
        .table = table,
        .gun = account->services->index,
        .mode = (enum charge_mode)account->services->param[CORE_P_BILLING_MODE],
        .limit = (uint64_t)account->services->param[CORE_P_BILLING_LIMIT],
        .jump_max = (uint32_t)account->services->param[CORE_P_BILLING_JUMP],
        .reserve = (uint32_t)account->services->param[CORE_P_BILLING_RESERVE],
        .save_ns = core_ns(account->services, CORE_P_BILLING_SAVE),
        .balance = account->services->param[CORE_P_CARD_BALANCE],
        .balance_stops = account->services->param[CORE_P_CARD_STOP] != 0,
    };
    CORE_ASSERT(core_tariff_valid(table) && setup.mode <= CHARGE_BY_AMOUNT);
    write_number(setup.card, account->services->param[CORE_P_CARD_NUMBER]);
    write_vin(vin, &setup);
    return setup;
}

void core_account_open(struct core_account *account, const uint8_t *vin) {
    struct core_meter_reading reading = core_metering_reading(account->metering);
    struct core_tariff_table table;
    struct core_charge_setup setup;
    if (!recording(account)) {
        return;
    }
    if (core_tariff_take(&table, account->services->param) != 0) { /* changed since the start */
        core_fail(account->services, CORE_FAULT_TARIFF);
        return;
    }
    setup = setup_now(account, vin, &table);
    if (!account->recovered || !close_former(account, reading) ||
        !stored(account,
                core_charge_begin(&account->charge, &setup, reg_of(reading),
                                  core_wall_s(account->services), account->services->now))) {
        core_fail(account->services, CORE_FAULT_RECORDS);
        return;
    }
    CORE_ASSERT(account->recovered && account->charge.active);
    account->off_ns = INT64_MAX;
    account->read_ns = reading.at_ns;
    account->pending = (struct core_account_pending){.own_mwh = account->metering->own.mwh};
}

static void recover(struct core_account *account, struct core_meter_reading reading) {
    CORE_ASSERT(!account->recovered);
    struct core_records *records = account->records;
    if (!may_try(account) ||
        (!records->ready &&
         !stored(account, core_records_begin(records, account->services->host))) ||
        !reading.valid) {
        return;
    }
    account->recovered = stored(
        account,
        core_charge_recover(&account->charge, records, account->services->index, reg_of(reading),
                            (uint32_t)account->services->param[CORE_P_BILLING_JUMP]));
}

void core_account_run(struct core_account *account, const struct core_account_session *session) {
    struct core_meter_reading reading;
    account->session = *session;
    if (!recording(account) || (account->recovered && !account->charge.active)) {
        return;
    }
    reading = core_metering_reading(account->metering);
    if (!account->recovered) {
        recover(account, reading);
    }
    watch_end(account, reading);
    if (!account->charge.active) {
        return;
    }
    if (account->off_ns != INT64_MAX) {
        settle(account, reading);
    } else {
        charge_on(account, reading);
    }
    CORE_ASSERT(account->off_ns == INT64_MAX || account->off_ns <= account->services->now);
}

bool core_account_closing(const struct core_account *account) {
    CORE_ASSERT(account->off_ns == INT64_MAX || account->charge.active); /* off is of a charge */
    return account->charge.active && account->off_ns != INT64_MAX;
}

bool core_account_reached(const struct core_account *account) {
    const struct core_charge *charge = &account->charge;
    return charge->active && core_charge_limit_reached(charge, account->services->now);
}

/* What is allowed beyond the reserve may flow within billing.creep, not faster: so the last step is
 * slow enough for the meter's next reading and the ramp to stay within the reserve. */
int32_t core_account_cap_ma(const struct core_account *account) {
    const struct core_charge *charge = &account->charge;
    int64_t mv = account->services->in[DUT_IN_OUTER_MV] > 1000
                     ? account->services->in[DUT_IN_OUTER_MV]
                     : 1000;
    int64_t creep_ms = account->services->param[CORE_P_BILLING_CREEP];
    int64_t steps, ma;
    uint32_t allowed = charge->active ? core_billing_allowed(&charge->record.billing) : UINT32_MAX;
    if (allowed > STEPS_MAX || creep_ms == 0) { /* unlimited too */
        return CORE_MA_MAX;
    }
    steps = (int64_t)allowed - charge->setup.reserve;
    ma = (steps < 1 ? 1 : steps) * JOULE_PER_STEP * 1000000 / creep_ms * 1000 / mv;
    CORE_ASSERT(ma >= 0);
    return ma > CORE_MA_MAX ? CORE_MA_MAX : (int32_t)ma;
}

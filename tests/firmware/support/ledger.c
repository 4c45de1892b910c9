/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/ledger.h"

#include "tests/support/suite.h"

struct ledger ledger;

void ledger_setup(void) {
    ledger.flash = flash_new();
    ck_assert_int_eq(core_records_begin(&ledger.records, &ledger.flash->host), 0);
}

void ledger_teardown(void) {
    flash_free(ledger.flash);
}

void ledger_charge(uint32_t n, unsigned gun) {
    struct core_tariff_table table = flash_table();
    ledger.record = (struct core_record){.start_s = 1000 * n, .balance = -1, .segment_count = 1};
    core_billing_begin(&ledger.record.billing, &table, n * 1000 % CORE_BILLING_ROLL_OVER,
                       1 + n % 4);
    ledger.record.segments[0] =
        (struct core_record_segment){1000 * n, ledger.record.billing.start, 1};
    ck_assert_int_eq(core_records_new(&ledger.records, gun, &ledger.record), 0);
    ck_assert_uint_eq(ledger.record.sequence, n);
    ck_assert(core_billing_advance(&ledger.record.billing, ledger.record.billing.start + n % 997));
    ledger.record.state = CHARGE_CLOSED;
    ck_assert_int_eq(core_records_close(&ledger.records, &ledger.record), 0);
}

/* SPDX-License-Identifier: MIT */
/* ledger.h: charge records on a bulk storage, for tests of what is written and what is found again.
 *
 *   tcase_add_checked_fixture(tc, ledger_setup, ledger_teardown);
 *   ledger_charge(3, 0);                    the third charge, of gun 0: begun, delivered, closed
 *   ledger.flash->bytes[...], ledger.records.next, ledger.record
 *
 * One storage, one set of records and the record at hand; each test has them anew. */
#ifndef LEDGER_H
#define LEDGER_H

#include "tests/firmware/support/flash.h"

struct ledger {
    struct flash *flash;
    struct core_records records;
    struct core_record record; /* the one at hand: ledger_charge leaves its own here */
};

extern struct ledger ledger;

void ledger_setup(void);
void ledger_teardown(void);
/* A charge whose numbers follow from its own, which has to be the next one. */
void ledger_charge(uint32_t n, unsigned gun);

#endif

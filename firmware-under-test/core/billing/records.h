/* SPDX-License-Identifier: MIT */
/* records.h: charge records in the host's bulk area, whole after a power cut at any instant.
 *
 *   core_records_begin(&records, host);                   at power on
 *   if (core_records_open(&records, gun, &record)) ...    a charge that a power cut interrupted
 *   core_records_new(&records, gun, &record);             takes the next sequence, writes it open
 *   core_records_update(&records, &record);               while it charges
 *   core_records_close(&records, &record);                to the ring, and the card's balance
 *
 * Two phases. While a charge runs, its record goes to the gun's journal: two slots written in turn,
 * so that the older copy is whole while the newer is being written. Closing writes the closed
 * record to the journal first, then to its slot in the ring; a ring slot that a cut left torn is
 * written again at the next start. A new charge does not touch the journal before the last one is
 * in the ring.
 *
 * A storage that cannot be read is not an empty one: core_records_begin fails, is to be called
 * again, and until then no charge can be recorded.
 *
 * Functions returning int: 0, or a negative dut_error of the host. They may be called again. */
#ifndef CORE_RECORDS_H
#define CORE_RECORDS_H

#include "billing/record.h"
#include "dut.h"

struct core_records_gun {
    uint32_t generation; /* of the newest copy */
    uint32_t sequence;   /* its charge */
    uint8_t newest;      /* slot of the journal that holds it: 0 or 1 */
    bool open;           /* it is of a charge that has not ended */
    bool split; /* it ended for a new tariff table, and the cut came before the rest began */
    bool owing; /* it has ended, but the ring does not have it yet */
};

struct core_records {
    const struct dut_host *host;
    bool ready;    /* looked through: without that no charge can be told from an older one */
    uint32_t next; /* sequence of the next charge; the first is 1 */
    struct core_records_gun guns[DUT_GUNS_MAX];
    uint8_t bytes[CHARGE_RECORD_BYTES]; /* on their way to or from the host */
    struct core_record owed;            /* on its way from a journal to the ring */
};

int core_records_begin(struct core_records *records, const struct dut_host *host);
bool core_records_open(struct core_records *records, unsigned gun, struct core_record *record);
int core_records_new(struct core_records *records, unsigned gun, struct core_record *record);
int core_records_update(struct core_records *records, struct core_record *record);
int core_records_close(struct core_records *records, struct core_record *record);
/* False: none with this sequence, or no longer. */
bool core_records_read(struct core_records *records, uint32_t sequence, struct core_record *record);

#endif

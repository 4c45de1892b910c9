/* SPDX-License-Identifier: MIT */
/* charge.h: one gun's charge as it is billed and recorded, from its first reading to its last.
 *
 *   core_charge_begin(&charge, &setup, reg, wall_s, now_ns);    before any current flows
 *   core_charge_reading(&charge, reg, wall_s, now_ns);          every good reading of the meter
 *   core_charge_beyond(&charge, wh, CHARGE_FLAG_SILENT, now_ns);   the meter is not believed
 *   if (core_charge_limit_reached(&charge, now_ns)) stop;
 *   core_charge_end(&charge, CHARGE_STOP_LIMIT, 0, wall_s);     after the last reading
 *   core_charge_recover(&charge, &records, gun, reg, jump);     at power on, with the first reading
 *
 * Rules
 *  - The energy between two readings belongs to the tariff that held at the earlier one, so that
 *    a switch is exact to one reading.
 *  - A charge keeps the tariff table it began with (no clause says; T240-4.10, T240-P5.2 leave it
 *    open). core_charge_change_table is the other rule: the record ends, and the rest of the
 *    charge, with the rest of its limit, is a record of its own by the new table.
 *  - After a power cut the record is closed with the register of the first reading: nothing flows
 *    without power, so all of it was delivered before. Its end is the last instant that was saved.
 *  - A silent meter adds nothing; its next good reading does, also after a restart. Therefore no
 *    charge begins before a reading, and what was open is closed with that.
 *  - Meanwhile the charger's own measurement stands in the record as what is beyond the register.
 *    It stays there when the meter never comes back, or comes back with a register that does not admit
 *    it; then the last good register is the end. A power cut keeps it: by the first reading after
 *    it, if that admits what was measured and saved, and the meter was silent only.
 *  - A reading beyond belief (jump_max) is not billed, and the record says so.
 *
 * Times: wall_s as in tariff.h, now_ns of the port. Functions returning int: 0, or a negative
 * dut_error of the storage; what could not be saved is saved with the next reading, and
 * core_charge_end may be called again. */
#ifndef CORE_CHARGE_H
#define CORE_CHARGE_H

#include "billing/records.h"

struct core_charge_setup {
    struct core_records *records;
    const struct core_tariff_table *table; /* copied */
    unsigned gun;
    enum charge_mode mode;
    uint64_t limit; /* minutes, 0.01 kWh, 0.0001 yuan */
    uint32_t jump_max, reserve;
    int64_t save_ns; /* between two copies to the journal */
    char card[CHARGE_TEXT_BYTES], vehicle[CHARGE_TEXT_BYTES];
    enum charge_vehicle vehicle_kind;
    int64_t balance;    /* negative: no card */
    bool balance_stops; /* the charge ends when it is used up, whatever the mode */
};

struct core_charge {
    struct core_charge_setup setup; /* setup.table points to table */
    struct core_tariff_table table;
    struct core_record record;
    bool active;
    bool unsaved; /* the last save failed: due until it does not */
    int64_t begun_ns, saved_ns;
    int64_t wall_s, wall_ns; /* last reading with a clock; wall_s negative: none yet */
};

int core_charge_begin(struct core_charge *charge, const struct core_charge_setup *setup,
                      uint32_t reg, int64_t wall_s, int64_t now_ns);
int core_charge_reading(struct core_charge *charge, uint32_t reg, int64_t wall_s, int64_t now_ns);
/* why: CHARGE_FLAG_SILENT or CHARGE_FLAG_DOUBTED; 0 with wh 0: the register is believed again.
 * Saved when why changes, and every_ns. */
int core_charge_beyond(struct core_charge *charge, uint32_t wh, unsigned why, int64_t now_ns,
                       int64_t every_ns);
/* The output is off, the last reading is still to come: the reason survives a power cut. */
int core_charge_stopped(struct core_charge *charge, enum charge_stop stop, uint16_t fault,
                        int64_t wall_s, int64_t now_ns);
bool core_charge_limit_reached(const struct core_charge *charge, int64_t now_ns);
int core_charge_end(struct core_charge *charge, enum charge_stop stop, uint16_t fault,
                    int64_t wall_s);
int core_charge_change_table(struct core_charge *charge, const struct core_tariff_table *table,
                             int64_t wall_s, int64_t now_ns);
/* 0 too when there was nothing to close. */
int core_charge_recover(struct core_charge *charge, struct core_records *records, unsigned gun,
                        uint32_t reg, uint32_t jump_max);

#endif

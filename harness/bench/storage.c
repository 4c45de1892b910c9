/* SPDX-License-Identifier: MIT */
/* What the bench does to supply, clock and storage of the pile's controller, and reads from them. */
#include "harness/bench/internal.h"
#include "harness/dut/local.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static bool local_card(const struct bench *bench, unsigned gun, struct billing_card *card) {
    size_t size = 0;
    const void *bytes = dut_local_record(bench->dut_local, CARD_BALANCE_RECORD + gun, &size);
    card->written = bytes != NULL && size == sizeof card->bytes;
    if (card->written) {
        memcpy(card->bytes, bytes, size);
    }
    return true;
}

/* Each slot that was touched, as it is now. */
void storage_written(void *ctx, uint32_t offset, size_t size) {
    struct bench *bench = ctx;
    struct billing_card card = {0};
    uint8_t bytes[CHARGE_RECORD_BYTES];
    if (bench->dut_local == NULL) { /* its init at the first boot: there was no charge yet */
        return;
    }
    const struct dut_bulk *bulk = dut_local_bulk(bench->dut_local);
    for (uint32_t slot = offset / CHARGE_RECORD_BYTES * CHARGE_RECORD_BYTES; slot < offset + size;
         slot += CHARGE_RECORD_BYTES) {
        bool whole = dut_bulk_read(bulk, slot, bytes, sizeof bytes) == (int)sizeof bytes;
        for (unsigned i = 0; whole && i < bench->gun_count; i++) {
            if (local_card(bench, i, &card)) {
                stored_copy(&bench->guns[i].stored, slot, bytes, &card);
            }
        }
    }
}

void storage_watch(struct bench *bench) {
    for (unsigned i = 0; i < bench->gun_count; i++) {
        struct bench_gun *gun = &bench->guns[i];
        const struct stored_config config = {
            .loop = &bench->loop,
            .board = gun->board,
            .billing = &gun->billing,
            .other = bench->gun_count > 1 ? &bench->guns[1 - i].stored : NULL};
        stored_init(&gun->stored, &config);
    }
}

static void power_fails(struct bench *bench) {
    for (unsigned i = 0; i < bench->gun_count; i++) {
        stored_power_failed(&bench->guns[i].stored);
    }
}

bool bench_power(struct bench *bench, bool on) {
    if (!on) {
        power_fails(bench);
    }
    if (bench->io_net != NULL) {
        return pile_process_power(&bench->pile, on);
    }
    return bench->dut_local != NULL && dut_local_power(bench->dut_local, on);
}

bool bench_fill_storage(struct bench *bench, bool full) {
    if (bench->dut_local != NULL) {
        dut_local_fill_storage(bench->dut_local, full);
    }
    return bench->dut_local != NULL;
}

bool bench_cut_after(struct bench *bench, size_t bytes) {
    power_fails(bench); /* it will */
    if (bench->dut_local != NULL) {
        dut_local_cut_after(bench->dut_local, bytes);
    }
    return bench->dut_local != NULL;
}

bool bench_clock(struct bench *bench, int64_t by_s, bool lost) {
    if (bench->dut_local == NULL) {
        return false;
    }
    dut_local_clock(bench->dut_local, by_s, lost);
    for (unsigned i = 0; i < bench->gun_count; i++) {
        struct bench_gun *gun = &bench->guns[i];
        billing_clock_moved(&gun->billing, by_s);
        truth_clock(&gun->truth, by_s, lost);
        stored_clock_touched(&gun->stored);
    }
    return true;
}

bool bench_spoil_journal(struct bench *bench, unsigned gun, unsigned copy) {
    assert(copy <= 1 && gun < bench->gun_count);
    if (bench->dut_local != NULL) {
        dut_local_spoil(bench->dut_local, CHARGE_JOURNAL_OFFSET(gun, copy), CHARGE_RECORD_BYTES);
    }
    return bench->dut_local != NULL;
}

/* As it is now, in a file of its own; NULL: it is out of reach. */
static FILE *copy_of_storage(struct bench *bench) {
    if (bench->io_net != NULL) {
        return pile_process_storage(&bench->pile);
    }
    FILE *storage = bench->dut_local != NULL ? tmpfile() : NULL;
    if (storage != NULL && !dut_bulk_copy(dut_local_bulk(bench->dut_local), storage)) {
        fclose(storage);
        storage = NULL;
    }
    return storage;
}

static bool card_of(struct bench *bench, unsigned gun, struct billing_card *card) {
    return bench->io_net != NULL ? pile_process_card(&bench->pile, gun, card->bytes, &card->written)
                                 : bench->dut_local != NULL && local_card(bench, gun, card);
}

bool bench_read_records(struct bench *bench) {
    bool read = true;
    for (unsigned i = 0; i < bench->gun_count; i++) {
        struct billing_card card = {0};
        bool told = card_of(bench, i, &card);
        FILE *storage = copy_of_storage(bench);
        if (storage != NULL) {
            billing_take(&bench->guns[i].billing, storage, told ? &card : NULL);
        }
        read = read && storage != NULL;
    }
    return read;
}

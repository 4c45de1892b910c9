/* SPDX-License-Identifier: MIT */
/* dbc.h: reads the BO_ and SG_ lines of a DBC file, for tests.
 *
 *   struct dbc dbc;
 *   ck_assert(dbc_read(&dbc, path));
 *   const struct dbc_signal *s = dbc_find(&dbc, 0x201, "OUTER_MV");
 *   int64_t raw = dbc_raw(s, data);
 *
 * Little-endian (@1) signals only; anything it does not understand makes dbc_read fail. */
#ifndef TESTS_DBC_H
#define TESTS_DBC_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define DBC_SIGNALS_MAX 256

struct dbc_signal {
    unsigned id, frame_length;
    char message[40], sender[16], name[40], unit[16];
    unsigned start, length; /* bits */
    bool is_signed;
    double factor;
};

struct dbc {
    struct dbc_signal signals[DBC_SIGNALS_MAX];
    unsigned count, messages;
};

bool dbc_read(struct dbc *dbc, const char *path);
const struct dbc_signal *dbc_find(const struct dbc *dbc, unsigned id, const char *name);
int64_t dbc_raw(const struct dbc_signal *signal, const uint8_t data[8]);
void dbc_put(const struct dbc_signal *signal, uint8_t data[8], int64_t raw);

#endif

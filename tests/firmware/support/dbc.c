/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/dbc.h"

bool dbc_read(struct dbc *dbc, const char *path) {
    char line[512];
    struct dbc_signal now = {0};
    FILE *file = fopen(path, "r");
    bool fine = file != NULL;
    dbc->count = dbc->messages = 0;
    while (fine && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "BO_ ", 4) == 0) {
            fine = sscanf(line, "BO_ %u %39[^:]: %u %15s", &now.id, now.message, &now.frame_length,
                          now.sender) == 4;
            dbc->messages++;
        } else if (strncmp(line, " SG_ ", 5) == 0) {
            char sign;
            fine = sscanf(line, " SG_ %39s : %u|%u@1%c (%lf,0)", now.name, &now.start, &now.length,
                          &sign, &now.factor) == 5 &&
                   dbc->count < DBC_SIGNALS_MAX;
            const char *quote = strchr(line, '"');
            fine = fine && quote != NULL && sscanf(quote, "\"%15[^\"]\"", now.unit) >= 0;
            if (quote != NULL && quote[1] == '"') {
                now.unit[0] = '\0';
            }
            now.is_signed = sign == '-';
            dbc->signals[dbc->count++] = now;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return fine;
}

const struct dbc_signal *dbc_find(const struct dbc *dbc, unsigned id, const char *name) {
    for (unsigned i = 0; i < dbc->count; i++) {
        if (dbc->signals[i].id == id && strcmp(dbc->signals[i].name, name) == 0) {
            return &dbc->signals[i];
        }
    }
    return NULL;
}

int64_t dbc_raw(const struct dbc_signal *signal, const uint8_t data[8]) {
    uint64_t bits = 0, mask = (UINT64_C(1) << signal->length) - 1;
    for (unsigned i = 0; i < 8; i++) {
        bits |= (uint64_t)data[i] << 8 * i;
    }
    uint64_t raw = bits >> signal->start & mask;
    bool negative = signal->is_signed && (raw >> (signal->length - 1) & 1) != 0;
    return negative ? (int64_t)(raw | ~mask) : (int64_t)raw;
}

void dbc_put(const struct dbc_signal *signal, uint8_t data[8], int64_t raw) {
    for (unsigned i = 0; i < signal->length; i++) {
        unsigned bit = signal->start + i;
        uint8_t mask = (uint8_t)(1u << bit % 8);
        data[bit / 8] = (uint8_t)(((uint64_t)raw >> i & 1) ? data[bit / 8] | mask
                                                           : data[bit / 8] & (uint8_t)~mask);
    }
}

/* SPDX-License-Identifier: MIT */
#include "harness/billing/facts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define S_PER_MIN 60
#define S_PER_DAY 86400

static bool is_set_otherwise(const struct billing *billing, const char *name, uint64_t recorded) {
    int32_t value;
    return setup_value(billing->config.setup, name, &value) && (uint64_t)value != recorded;
}

bool billing_as_ordered(const struct billing *billing, const struct charge_record *record) {
    char card[CHARGE_TEXT_BYTES + 1] = "";
    int32_t number;
    bool given = setup_value(billing->config.setup, "card.number", &number);
    if (given && number > 0) {
        snprintf(card, sizeof card, "%d", (int)number);
    }
    return !is_set_otherwise(billing, "billing.mode", record->mode) &&
           !is_set_otherwise(billing, "billing.limit", record->limit) &&
           !is_set_otherwise(billing, "tariff.number", record->table) &&
           (!given || strcmp(card, record->card) == 0);
}

bool billing_as_priced(const struct billing *billing, const struct charge_record *record) {
    static const char *const tariffs[CHARGE_TARIFFS] = {"sharp", "peak", "flat", "valley"};
    bool priced = true;
    int32_t balance;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        char price[32], fee[32];
        snprintf(price, sizeof price, "tariff.price_%s", tariffs[i]);
        snprintf(fee, sizeof fee, "tariff.fee_%s", tariffs[i]);
        priced = priced && !is_set_otherwise(billing, price, record->tariffs[i].price) &&
                 !is_set_otherwise(billing, fee, record->tariffs[i].fee);
    }
    bool given = setup_value(billing->config.setup, "card.balance", &balance);
    return priced && (!given || record->balance == balance);
}

double billing_written_back(const struct billing *billing, const struct charge_record *last,
                            const struct billing_card *card) {
    int32_t balance;
    if (!setup_value(billing->config.setup, "card.balance", &balance) || balance < 0 ||
        last->state == CHARGE_OPEN || card == NULL) {
        return (double)NAN;
    }
    const uint8_t *bytes = card->bytes;
    return card->written &&
           charge_card_balance(bytes, last) == (int64_t)balance - (int64_t)last->amount;
}

/* From the nearest instant, on any day, at which the table switches to this tariff. */
static double from_switch_s(const struct billing *billing, const struct charge_segment *segment) {
    double nearest_s = S_PER_DAY;
    for (unsigned i = 0; i < billing->switch_count; i++) {
        int64_t late_s = ((int64_t)segment->at_s -
                          (int64_t)billing->switches[i].minute * S_PER_MIN + S_PER_DAY) %
                         S_PER_DAY;
        late_s = late_s < S_PER_DAY - late_s ? late_s : S_PER_DAY - late_s;
        assert(late_s >= 0 && late_s <= S_PER_DAY / 2);
        if (billing->switches[i].tariff == segment->tariff && (double)late_s < nearest_s) {
            nearest_s = (double)late_s;
        }
    }
    return nearest_s;
}

double billing_switch_error_s(const struct billing *billing, const struct charge_record *record) {
    double worst_s = 0;
    for (unsigned i = 1; i < record->segment_count; i++) {
        worst_s = fmax(worst_s, from_switch_s(billing, &record->segments[i]));
    }
    return worst_s;
}

/* A record that was closed after a power cut ends with the last instant that was saved. */
double billing_clock_error_s(const struct billing *billing, const struct charge_record *last) {
    if (billing->config.setup == NULL || billing_clock_s(billing) <= 0 || billing->begin_ns < 0 ||
        billing->conducting) {
        return (double)NAN;
    }
    assert(billing->begin_ns <= billing->end_ns);
    double worst_s = fabs((double)last->start_s - billing->begin_s);
    if (last->state == CHARGE_CLOSED) {
        worst_s = fmax(worst_s, fabs((double)last->end_s - billing->end_s));
    }
    return fmax(worst_s, billing_switch_error_s(billing, last));
}

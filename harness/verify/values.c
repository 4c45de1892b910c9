/* SPDX-License-Identifier: MIT */
/* Values and peaks of a case's checks, held against the recorded signals. A signal that changes in steps has the
 * value that was recorded, to nine digits. One that is recorded by samples lies between two of them: only
 * that a peak is no lower than a sample is certain. */
#include "harness/verify/internal.h"

#include "harness/bench/bench.h"
#include "reports/record/recording.h"
#include "sim/memory.h"
#include "sim/signal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS    2e-8 /* of nine recorded ones */
#define NAME_SIZE 96

/* "value abs(stored.unbilled), at stored.record": the name of the one signal; false: there are others, or none. */
static bool take_name(const char *condition, const char *kind, char name[NAME_SIZE],
                      bool *absolute) {
    size_t before = strlen(kind);
    if (condition == NULL || strncmp(condition, kind, before) != 0 || condition[before] != ' ') {
        return false;
    }
    const char *text = condition + before + 1;
    size_t length = strcspn(text, ",");
    *absolute = strncmp(text, "abs(", 4) == 0;
    if (*absolute) {
        text += 4;
        length = strcspn(text, ")");
    }
    if (strcspn(text, " /*+()") < length) {
        return false;
    }
    int written = snprintf(name, NAME_SIZE, "%.*s", (int)length, text);
    return written > 0 && written < NAME_SIZE;
}

static void differs(const struct verify_record *record, const struct result_case *one, size_t index,
                    const char *name, double recorded) {
    char *place = verify_check_place(one, index, "value");
    verify_add(record->to, VERIFY_FAULT, "results.jsonl", place,
               "the record says %.9g, %s has %.9g for %s", "记录为%.9g，%s中为%.9g（%s）",
               one->checks[index].value, one->signals, recorded, name);
    free(place);
}

static double sign_off(double value, bool absolute) {
    return absolute ? fabs(value) : value;
}

/* Changes within the instant are over when it is read: the last one counts. */
static void look_at_value(const struct verify_record *record, const struct result_case *one,
                          size_t index, const struct recorded_signal *signal, bool absolute) {
    const struct result_check *check = &one->checks[index];
    const struct signal *known = signal_find(&record->ground->names->board, signal->name);
    const bool stepped = known != NULL && known->source == NULL && !signal->continuous;
    double recorded = sign_off(recorded_at(signal, check->from_ns), absolute);
    if (stepped && !isnan(recorded) &&
        fabs(recorded - check->value) > DIGITS * fabs(recorded) + 1e-9) {
        differs(record, one, index, signal->name, recorded);
    }
    record->to->instants++;
}

static void look_at_peak(const struct verify_record *record, const struct result_case *one,
                         size_t index, const struct recorded_signal *signal, bool absolute) {
    const struct result_check *check = &one->checks[index];
    double largest = -INFINITY;
    for (size_t i = 0; i < signal->count && signal->samples[i].at_ns < check->to_ns; i++) {
        double value = sign_off(signal->samples[i].value, absolute);
        if (signal->samples[i].at_ns > check->from_ns && value > largest) {
            largest = value;
        }
    }
    if (largest > check->value + DIGITS * fabs(largest) + 1e-6) {
        differs(record, one, index, signal->name, largest);
    }
    record->to->instants++;
}

void verify_values(const struct verify_record *record, const struct result_case *one,
                   size_t rule_count) {
    struct recording *recording = NULL;
    const struct bench *names = record->ground->names;
    const struct signal_board *board =
        names->guns[verify_gun_of(one) == 1 && names->gun_count > 1].board;
    for (size_t i = 0; one->signals != NULL && i + rule_count < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        char name[NAME_SIZE];
        bool absolute, value = take_name(check->condition, "value", name, &absolute);
        bool peak = !value && take_name(check->condition, "peak", name, &absolute);
        if (!(value || peak) || isnan(check->value) || check->from_ns < 0 || check->to_ns < 0) {
            continue;
        }
        recording = recording != NULL ? recording : recording_load(record->ground->folder, one);
        const struct signal *known = signal_find(board, name); /* by its name on the whole board */
        const struct recorded_signal *signal =
            known != NULL ? recording_signal(recording, known->name) : NULL;
        if (signal != NULL && value) {
            look_at_value(record, one, i, signal, absolute);
        } else if (signal != NULL) {
            look_at_peak(record, one, i, signal, absolute);
        }
    }
    if (recording != NULL) {
        recording_free(recording);
    }
}

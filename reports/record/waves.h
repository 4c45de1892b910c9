/* SPDX-License-Identifier: MIT */
/* waves.h: recorded signals for other programs.
 *
 *   struct waves waves = waves_of(recording, patterns, pattern_count);    "gun.*"; none: all
 *   waves_put_vcd(&text, &waves, "estop-while-charging");                IEEE 1364: GTKWave, sigrok
 *   waves_put_csv(&text, &waves);                                        spreadsheets, pandas
 *   waves_clear(&waves);
 *
 * VCD: in nanoseconds; what has only been 0, 1 or unknown is a wire, all else a real; a group of signals
 * ("gun.") is a scope. CSV: a line for each instant at which any of them has a sample, a column for
 * each; what is not known is empty. */
#ifndef REPORTS_RECORD_WAVES_H
#define REPORTS_RECORD_WAVES_H

#include "reports/record/recording.h"
#include "sim/text/buffer.h"

struct waves {
    const struct recorded_signal **signals; /* by name; the recording's */
    size_t count;
};

struct waves waves_of(const struct recording *recording, const char *const *patterns,
                      size_t pattern_count);
void waves_clear(struct waves *waves);
void waves_put_vcd(struct buffer *text, const struct waves *waves, const char *name);
void waves_put_csv(struct buffer *text, const struct waves *waves);

#endif

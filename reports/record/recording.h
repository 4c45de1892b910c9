/* SPDX-License-Identifier: MIT */
/* recording.h: what was recorded of one case, read from the run's folder for drawing.
 *
 *   struct recording *recording = recording_load("out", &one);
 *   const struct recorded_signal *v = recording_signal(recording, "gun.voltage");
 *   recording_free(recording);
 *
 * signals/CASE.csv: time_ns,signal,value in time order; a line for each change of a stepped signal
 * and for each sample of a continuous one. traces/CASE.log: candump log, "(s.us) net ID#DATA".
 * Times are nanoseconds since the start of the case. A file that is missing or has lines that
 * cannot be read is told in signals_problem or trace_problem (empty: all is well); what could be
 * read is there all the same. */
#ifndef REPORTS_RECORD_RECORDING_H
#define REPORTS_RECORD_RECORDING_H

#include "reports/record/result.h"

struct recorded_sample {
    int64_t at_ns;
    double value; /* NAN: unknown from here on */
};

struct recorded_signal {
    char *name;
    struct recorded_sample *samples; /* in time order */
    size_t count, room;
    bool continuous; /* a value between two samples lies between theirs; else it holds */
    bool number;     /* has had values other than 0, 1 and unknown */
};

struct recorded_frame {
    int64_t at_ns;
    uint32_t id; /* 29 bits */
    uint8_t length, data[8];
};

struct recording {
    struct recorded_signal *signals;
    size_t signal_count, signal_room;
    struct recorded_frame *frames; /* of the vehicle's network, in time order */
    size_t frame_count, frame_room;
    char signals_problem[160], trace_problem[160];
};

/* Never NULL. */
struct recording *recording_load(const char *folder, const struct result_case *one);
/* NULL: not recorded. */
const struct recorded_signal *recording_signal(const struct recording *recording, const char *name);
/* NAN before the first sample. */
double recorded_at(const struct recorded_signal *signal, int64_t at_ns);
/* Does it change its value after from_ns and up to to_ns? */
bool recorded_changes(const struct recorded_signal *signal, int64_t from_ns, int64_t to_ns);
void recording_free(struct recording *recording);

#endif

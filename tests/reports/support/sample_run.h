/* SPDX-License-Identifier: MIT */
/* sample_run.h: a run's folder with an invented but plausible record, to draw reports from.
 *
 *   sample_write("/tmp/x", SAMPLE_WHOLE);       four cases: pass, fail, inconclusive, error
 *
 * The charging session in it follows the order of GB/T 27930 (handshake, configuration, charging,
 * end); its voltages are closed forms. Nothing here is measured. */
#ifndef TESTS_REPORTS_SUPPORT_SAMPLE_RUN_H
#define TESTS_REPORTS_SUPPORT_SAMPLE_RUN_H

enum sample_kind {
    SAMPLE_WHOLE,
    SAMPLE_CUT_SHORT, /* two of four cases, no end line, a bent parameter */
};

/* Ends the program when the folder cannot be written. */
void sample_write(const char *folder, enum sample_kind kind);

#endif

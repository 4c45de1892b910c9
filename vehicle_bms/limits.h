/* SPDX-License-Identifier: MIT */
/* limits.h: the limits of the protocol rules. The rules judge by them, and the end of a charge is
 * told by them.
 *
 *   struct rules_limits limits = rules_limits_default;
 *   limits.bcp_ns = 6 * NS_PER_S;
 *   struct rules *rules = rules_new(EDITION_2015, &limits, true); */
#ifndef VEHICLE_BMS_LIMITS_H
#define VEHICLE_BMS_LIMITS_H

#include "vehicle_bms/transport/transport.h"

#include <stdint.h>

/* Named limits; a profile may set each ("protocol.period-mean" ...). Clauses: the periods of
 * GB/T 27930-2015 chapter 9; tolerances of GB/T 34658 are not public, hence parameters. */
struct rules_limits {
    double period_mean;     /* 0.10: mean of the gaps against the table's period */
    double period_gap;      /* 0.20: a single gap */
    int64_t period_10ms_ns; /* 5 ms: the same for messages of 10 ms period (BST, CST), absolute */
    int64_t timeout_early_ns, timeout_late_ns; /* 0, 500 ms: error message against its limit */
    double gaps_allowed; /* 0: share of single gaps that may be beyond period_gap */
    int64_t bhm_ns;      /* 0: charger's wait for BHM is not judged: no figure, no bit in CEM */
    int64_t brm_ns, bcp_ns, bro_ns, bro_aa_ns, bcs_ns, bcl_ns, bst_ns, bsd_ns; /* charger's waits */
    int64_t bsm_ns; /* 0: not judged (2015); 5 s in 2023 */
    int64_t chm_ns, crm_00_ns, crm_aa_ns, cml_ns, cro_ns, cro_aa_ns, ccs_ns, cst_ns,
        csd_ns;                              /* BMS's */
    int64_t pause_ns;                        /* 10 min: longest pause by BSM 3096 = 00 */
    double demand_margin_v, demand_margin_a; /* 0.5 V, 0.5 A: demand above what was announced */
    double output_over_v, output_over_a; /* output above the demand: 5 V, 5 A + output_over_share */
    double output_over_share;            /* 0.015 of the demand (CCS accuracy is not public) */
    int64_t output_settle_ns;            /* 2 s after a demand fell, before output is compared */
    double output_fall_a_per_s;          /* 20 A/s: the slowest that the current may follow it */
    int64_t session_gap_ns;              /* 30 s */
    int64_t former_ns; /* 50 ms: a message of the former phase may still be under way */
    int64_t wire_ns;   /* 2 ms: a side counts from handing a frame over, stamps are later */
    int64_t react_ns;  /* 1 s: charger's answer to BSM (stop, pause, resume); not public */
    /* 10 ms, a period of BST and CST: within it both sides may have stopped of their own accord */
    int64_t crossing_ns;
    unsigned fault_named; /* 0: a CST that says "fault" need not name it; 1: it does (not public) */
    /* Current in the direction of discharge: demanded or announced; measured (CCS, BCS) for
     * output_settle_ns: 1 % of 250 A. */
    double sign_demand_a, sign_output_a; /* 0.5 A, 2.5 A */
    /* CCS against BCS: 10 s, 20 V (or 5 %), 20 A: a contradiction, not a tolerance; figures: ours */
    int64_t agree_ns;
    double agree_v, agree_a;
    unsigned reconnections; /* 3 */
    struct transport_timing transport;
};

extern const struct rules_limits rules_limits_default;

#endif

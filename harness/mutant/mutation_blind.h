/* SPDX-License-Identifier: MIT */
/* mutation_blind.h: a firmware that does not look at an input while its charge is in a certain phase.
 *
 *   blinds_look(&blinds, mutations, count, host, guns);             before each turn of the firmware
 *   const int32_t *kept = blinds_kept(&blinds, mutations, count, gun, channel);   NULL: it sees
 *   blind_session_aux(&blinds.sessions[gun], value);                it commands K3 and K4
 *   blind_session_said(&blinds.sessions[gun], frame);               it sends a message
 *   if (blinds_missed(&blinds, mutations, count, gun, channel)) ... tell it, once
 *
 * The phase is told from outside: by the message that the firmware sends, which is that of the phase in
 * GB/T 27930-2015 chapter 9. Like a state that lacks an entry in a table of interlocks: when the phase
 * is over, the input is seen as it is then. */
#ifndef HARNESS_MUTANT_MUTATION_BLIND_H
#define HARNESS_MUTANT_MUTATION_BLIND_H

#include "firmware-under-test/include/dut.h"
#include "vehicle_bms/message/messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUTATIONS_MAX 16 /* of one mutant */

enum blind_phase {
    BLIND_START, /* K3 and K4 closed, nothing sent yet */
    BLIND_CHM,
    BLIND_CRM,
    BLIND_CML,
    BLIND_CRO,
    BLIND_CCS, /* charging */
    BLIND_CST,
    BLIND_CSD,
    BLIND_CEM,
    BLIND_PAUSE, /* CCS says "paused" */
    BLIND_LOW,   /* charging with less than 20 A */
    BLIND_HIGH,  /* charging with more than 150 A */
    BLIND_ELSE,  /* not charging */
    BLIND_PHASES
};

/* "CRO", "pause", "low-current", "high-current", "all-but-charging"; false: there is none. */
bool blind_phase_named(const char *name, enum blind_phase *phase);

struct blind_session {
    bool awake;
    bool said; /* last is known */
    bool paused;
    enum message_index last;
};

void blind_session_aux(struct blind_session *session, int32_t value);
void blind_session_said(struct blind_session *session, const struct dut_can_frame *frame);

struct blind {
    bool active; /* the phase goes on */
    int32_t kept[DUT_INPUTS];
};

struct resolved_mutation;

struct blinds {
    struct blind_session sessions[DUT_GUNS_MAX];
    struct blind of[MUTATIONS_MAX][DUT_GUNS_MAX]; /* by mutation */
    bool ended[DUT_GUNS_MAX];                     /* a phase has, and nothing was told since */
};

void blinds_look(struct blinds *blinds, const struct resolved_mutation *mutations, size_t count,
                 const struct dut_host *host, unsigned guns);
/* What the firmware was last shown of the input; NULL: it sees. */
const int32_t *blinds_kept(const struct blinds *blinds, const struct resolved_mutation *mutations,
                           size_t count, unsigned gun, enum dut_input channel);
/* Whether the input may have stepped while it was blind, and it sees now. */
bool blinds_missed(const struct blinds *blinds, const struct resolved_mutation *mutations,
                   size_t count, unsigned gun, enum dut_input channel);

#endif

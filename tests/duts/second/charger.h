/* SPDX-License-Identifier: MIT */
/* charger.h: what the tasks of this firmware share. One struct charger is one instance; each part of
 * it has one task that writes it, and all run on one thread (port/rtos).
 *
 *   protection  every tick: looks at all inputs, opens the contactors when something is wrong
 *   panel       plug, start and stop buttons, debounced
 *   link        frames of the vehicle -> struct vehicle, and flags for who waits for them
 *   session     one charge from the plug to the unlocked plug, as one story with waits in it
 *   output      set values of the modules with their ramps; the discharge resistor
 *   sender      periodic messages to the vehicle
 *
 * Priorities are in this order, so within one tick an input is judged, answered and sent. */
#ifndef SECOND_CHARGER_H
#define SECOND_CHARGER_H

#include "dut.h"
#include "faults.h"
#include "messages.h"
#include "params.h"
#include "rtos.h"
#include "transport.h"

#define TICK_MS 10

/* Shown to a person. */
enum state {
    STATE_STANDBY,
    STATE_LOCKING,
    STATE_WAKING,
    STATE_HANDSHAKE,
    STATE_INSULATION,
    STATE_RECOGNITION,
    STATE_CONFIGURATION,
    STATE_READY,
    STATE_CHARGING,
    STATE_PAUSED,
    STATE_STOPPING,
    STATE_STATISTICS,
    STATE_RECONNECTING,
    STATE_CLOSING,
    STATE_FINISHED,
    STATE_FAULT,
    STATES
};

/* Flags that the session waits for. */
enum news {
    NEWS_BHM = 1u << 0,
    NEWS_BRM = 1u << 1,
    NEWS_BCP = 1u << 2,
    NEWS_BRO = 1u << 3,       /* any valid one */
    NEWS_BRO_READY = 1u << 4, /* AA */
    NEWS_BCL = 1u << 5,
    NEWS_BCS = 1u << 6,
    NEWS_BST = 1u << 7,
    NEWS_BSD = 1u << 8,
    NEWS_BEM = 1u << 9,
    NEWS_STOP = 1u << 10,  /* a person */
    NEWS_FAULT = 1u << 11, /* protection, or the session itself */
};

struct vehicle {
    int32_t bhm_mv;
    struct bcp bcp;
    struct bcl bcl;
    struct bsm bsm;
    struct bcs bcs;
    uint8_t bro;
    uint32_t bro_ready_ms, bcl_ms, bcs_ms, bsd_ms; /* when last received */
};

enum tx {
    TX_CHM,
    TX_CRM,
    TX_CTS,
    TX_CML,
    TX_CRO,
    TX_CCS,
    TX_CST,
    TX_CSD,
    TX_CEM,
    TXS
};

struct slot {
    bool on;
    uint32_t next_ms;
    unsigned sent; /* since it was started, or its bytes changed */
    uint8_t bytes[8];
};

enum order {
    OUTPUT_OFF,
    OUTPUT_HOLD,   /* a voltage without load: insulation test, pre-charge */
    OUTPUT_CHARGE, /* by the vehicle's demand, in ramps */
    OUTPUT_FALL,   /* current to zero, voltage stays */
};

struct output {
    enum order order;
    int32_t want_mv, want_ma;
    int32_t set_mv, set_ma;
    bool discharge_through; /* through closed contactors, the vehicle's being open */
    bool discharging, discharge_failed;
    uint32_t discharge_since_ms, fall_since_ms;
};

#define CHECKS_MAX 24

struct guard {
    uint32_t bad_ms[CHECKS_MAX]; /* how long a check has been bad */
    enum fault standing;         /* what is wrong now, session or not */
    bool tripped;                /* output off, contactors opening or open */
    uint32_t tripped_ms;
};

struct charger {
    struct rtos rtos;
    const struct dut_host *host;
    struct rtos_queue frames;
    struct rtos_flags news;
    int32_t param[PARAMS];

    struct vehicle vehicle;
    struct transport transport;
    struct slot slots[TXS];
    struct output output;
    struct guard guard;

    bool plugged, start_pressed, stop_pressed;
    uint32_t cc1_good_ms, cc1_bad_ms;

    enum state state;
    bool in_session;
    bool lock_held, aux_held;  /* reached, so losing it is a fault */
    bool contactors_closed;    /* commanded, either */
    bool k1_closed, k2_closed; /* commanded */
    uint32_t contactors_ms;    /* when */
    enum fault fault;          /* of this session: the first */
    enum fault warning;        /* insulation low; shown while there is no fault */
    bool battery_known;        /* BCP is valid */
    bool charging_permitted;   /* CCS */
    bool charge_began;
    uint32_t charge_began_ms, charged_ms;
    int32_t energy_began_wh;
    enum missed missed; /* that ended it by END_TIMEOUT */
    unsigned failures;  /* time-outs since charging last went well */
    bool lost;          /* the last of them is not yet made good */
    _Alignas(max_align_t) uint8_t arena[RTOS_ARENA(6)];
};

/* glue.c */
uint32_t now_ms(const struct charger *charger);
int32_t input(const struct charger *charger, enum dut_input channel);
void output(const struct charger *charger, enum dut_output channel, int32_t value);
void show(struct charger *charger, enum state state);

/* plate.c: struct dut_api's capability */
int32_t plate(void *dut, unsigned gun, enum dut_capability what);

/* protection.c: also from the session, which finds faults of its own. */
void protection_task(void *charger);
void raise_fault(struct charger *charger, enum fault fault);
void contactors(struct charger *charger, bool k1, bool k2);
bool contactors_open(const struct charger *charger); /* commanded and confirmed */

/* The others, a file each. */
void panel_task(void *charger);
void link_task(void *charger);
void session_task(void *charger);
void output_task(void *charger);
void sender_task(void *charger);

/* sender.c: bytes NULL: as they are. A message that is on keeps its grid. */
void sender_start(struct charger *charger, enum tx tx, const uint8_t *bytes);
void sender_stop_all_but(struct charger *charger, enum tx tx); /* TXS: all */
void sender_wait_sent(struct charger *charger, enum tx tx);    /* once, at least */

/* output.c */
void output_order(struct charger *charger, enum order order, int32_t mv, int32_t ma);

/* insulation.c: false: a fault was raised. */
bool insulation_test(struct charger *charger);

/* session.c: without one it sends no CTS. */
bool charger_has_clock(const struct charger *charger);

/* ending.c: how a session ends. */
enum end {
    END_NONE,
    END_FAULT,
    END_BY_HAND,
    END_BY_VEHICLE,
    END_BY_CONDITION, /* paused too long */
    END_WITHDRAWN,    /* BRO fell back to 00 */
    END_TIMEOUT,      /* a message of the vehicle did not come */
    END_BEM,          /* the vehicle says so of ours */
};
void ending_by_messages(struct charger *charger, enum end end);
/* Messages, auxiliary supply, lock: off, once the plug is without voltage. patient: K3 and K4 wait
 * for that too. */
void ending_close(struct charger *charger, bool patient);
/* CSD as it is now: the current may still be falling when the first goes out. */
void ending_statistics(const struct charger *charger, uint8_t *csd);
bool ending_current_off(struct charger *charger); /* call each tick; true: contactors are open */

#endif

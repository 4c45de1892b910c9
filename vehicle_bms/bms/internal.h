/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of the BMS share. Nobody else includes it.
 *
 *   bms.c         life, transitions, the one timer, signals and frames in
 *   states.c      the states up to charging;  charge.c   charging, stopping, end, errors
 *   send.c        when messages go out;       payload.c  what is in them
 *   misbehave.c   everything a scenario may do to the messages
 *
 * A state is a constant struct of handlers. Handlers return the state to be in next (their own to
 * stay); bms_go makes every transition. */
#ifndef VEHICLE_BMS_BMS_INTERNAL_H
#define VEHICLE_BMS_BMS_INTERNAL_H

#include "vehicle_bms/bms/bms.h"

/* What a scenario has done to one message. */
struct bms_mutation {
    bool muted, held, patched, replaced, added;
    unsigned mute_after; /* messages still to go before the silence */
    int64_t period_ns;   /* 0: the table's */
    int64_t delay_ns;
    size_t length; /* 0: the table's */
    enum transport_fault fault;
    uint16_t fault_at;
    uint8_t abort_reason;
    size_t bytes_length;
    uint8_t bytes[MESSAGE_LENGTH_MAX]; /* replaced: the whole payload */
    uint8_t patch[MESSAGE_LENGTH_MAX]; /* patched: these bits ... */
    uint8_t mask[MESSAGE_LENGTH_MAX];  /* ... where the mask has ones */
};

/* One message the BMS may send. */
struct bms_slot {
    bool on;
    int64_t due_ns;
    unsigned sent; /* since the slot was switched on */
    struct bms_mutation mutation;
};

struct bms_demand {
    double voltage_v;
    double current_a; /* magnitude */
    uint8_t mode;     /* BCL.mode: 1 constant voltage, 2 constant current */
};

struct bms {
    struct loop *loop;
    struct signal_board *board;
    struct can_net *net;
    struct can_node node;
    struct pack *pack;
    struct bms_params params;
    struct timer timer;
    bool started, running, cut;
    const struct bms *other; /* the same vehicle's other channel; NULL: there is none */

    struct signal *k5_command, *k6_command, *state_signal, *fault_signal; /* written */
    struct signal *aux, *cc2, *k5_closed, *k6_closed;                     /* read, stepped */
    struct signal *voltage, *current;                                     /* read by value */
    struct subscription on_aux, on_cc2, on_k5, on_k6;

    enum bms_state_id state;
    bool announced; /* the message that starts this state's waits has gone out */
    int64_t wake_at_ns, k5_at_ns, k6_at_ns, ready_at_ns, poll_at_ns;
    int64_t open_by_ns; /* K5/K6 open then at the latest; LOOP_NEVER: not opening */
    int64_t open_look_ns;
    int64_t wait_at_ns[BMS_WAITS];

    struct bms_slot slots[MESSAGE_COUNT];
    uint32_t sends; /* what the state has on: bits as in bms_handlers */
    struct transport_sender sender;
    struct transport_receiver receiver;
    enum message_index sending; /* what the sender carries */

    struct bms_demand demand;
    double charger_v, charger_a;    /* highest of its last CML; not finite: none came */
    const struct field *stop_field; /* of BST: why the charge ends */
    bool cst_seen, csd_seen;
    bool own_error;       /* ERROR was entered by a timeout of our own: BEM */
    enum bms_wait failed; /* the wait that failed */
};

struct bms_handlers {
    uint32_t sends; /* bit per enum message_index: periodic messages of this state */
    uint32_t keeps; /* bit per enum bms_wait: goes on from the former state */
    void (*enter)(struct bms *bms, int64_t now_ns);
    enum bms_state_id (*message)(struct bms *bms, int64_t now_ns, enum message_index index,
                                 const uint8_t *data);
    enum bms_state_id (*sent)(struct bms *bms, int64_t now_ns, enum message_index index,
                              const uint8_t *data);
    enum bms_state_id (*time)(struct bms *bms, int64_t now_ns); /* at ready_at_ns, poll_at_ns */
};

extern const struct bms_handlers bms_handlers[BMS_STATES];
/* A state sends messages of the BMS only, hears that they have gone out only if it sends some, and the
 * states without a charge do neither. */
bool bms_handlers_sound(void);

/* bms.c */
void bms_go(struct bms *bms, int64_t now_ns, enum bms_state_id next);
void bms_reschedule(struct bms *bms);
void bms_wait_start(struct bms *bms, int64_t now_ns, enum bms_wait wait);
void bms_wait_end(struct bms *bms, enum bms_wait wait);
void bms_close_begin(struct bms *bms, int64_t now_ns);
void bms_open_begin(struct bms *bms, int64_t now_ns, int64_t limit_ns);
bool bms_contacts_closed(const struct bms *bms);
double bms_current_a(const struct bms *bms, int64_t now_ns); /* of its own plug */
int bms_transmit(void *ctx, int64_t now_ns, const struct can_frame_ext *frame);

/* charge.c: handlers of the states after READY */
void bms_charging_enter(struct bms *bms, int64_t now_ns);
enum bms_state_id bms_charging_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                       const uint8_t *data);
enum bms_state_id bms_charging_time(struct bms *bms, int64_t now_ns);
void bms_stopping_enter(struct bms *bms, int64_t now_ns);
enum bms_state_id bms_stopping_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                       const uint8_t *data);
enum bms_state_id bms_stopping_sent(struct bms *bms, int64_t now_ns, enum message_index index,
                                    const uint8_t *data);
enum bms_state_id bms_end_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                  const uint8_t *data);
enum bms_state_id bms_end_sent(struct bms *bms, int64_t now_ns, enum message_index index,
                               const uint8_t *data);
void bms_error_enter(struct bms *bms, int64_t now_ns);
enum bms_state_id bms_error_message(struct bms *bms, int64_t now_ns, enum message_index index,
                                    const uint8_t *data);
enum bms_state_id bms_charger_stops(struct bms *bms);
void bms_heed(struct bms *bms, const uint8_t *cml, size_t length); /* what CML announces */
uint16_t bms_wait_spn(enum bms_wait wait);

/* send.c */
void bms_slots_set(struct bms *bms, int64_t now_ns, uint32_t sends);
void bms_slots_run(struct bms *bms, int64_t now_ns);
int64_t bms_slots_due_ns(const struct bms *bms);
void bms_transfer_finished(void *ctx, int64_t now_ns, uint32_t pgn, enum transport_result result);

/* payload.c: the sound payload of a message; returns its length */
size_t bms_payload(struct bms *bms, int64_t now_ns, enum message_index index, uint8_t *data);

#endif

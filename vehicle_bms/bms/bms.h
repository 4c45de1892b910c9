/* SPDX-License-Identifier: MIT */
/* bms.h: the vehicle's side of GB/T 27930-2015: a BMS that wakes, talks, closes K5/K6, asks for
 * current, stops, and can be made to do any of it wrong.
 *
 *   struct bms_params params = bms_params_default;
 *   params.target_soc_percent = 95;
 *   struct bms *bms = bms_new(&loop, &board, net, pack, &params);   adds the signals it writes
 *   ... the plant adds its signals ...
 *   if (!bms_start(bms, &problem)) complain(problem.text);           finds the signals it reads
 *   bms_mute(bms, MESSAGE_BRM, 0);
 *   if (!bms_override(bms, MESSAGE_BCL, field, -100.0)) complain();
 *
 * Signals: writes k5.command, k6.command (bool), bms.state (enum bms_state_id), bms.fault (0, or
 * the SPN of the BEM bit that was raised, or of the CEM bit that was received). Reads aux.voltage,
 * cc2.voltage, k5.closed, k6.closed, battery.voltage, battery.current (these two by value only).
 *
 * What it asks for keeps to what the charger has announced: current and voltage never above CML
 * (GB/T 27930-2015 10.3.1: the demand is within the charger's capability), and no more power than
 * charger_power_w. An override of BCL goes over it.
 *
 * It wakes when aux.voltage is 10..16 V and detection point 2 is in the 6 V window; when either is
 * lost everything is off at once. The states follow the flow of annex A of the standard (see enum
 * bms_state_id). Timeouts are the BMS side's of annex A; each leads to BEM and, as the standard
 * has it, to a wait of up to 30 s for CRM(00), from which recognition starts again.
 *
 * Mutations: the message is one that the BMS sends, the field one of messages[message]; who has names
 * looks them up once (message_by_code, field_by_path). Those that return bool return false when the
 * value cannot be coded or counted, and change nothing then. They act on the next message of that kind and
 * may be called in any state; they stay until undone. Currents are signed as on the wire: charging is
 * negative. */
#ifndef VEHICLE_BMS_BMS_BMS_H
#define VEHICLE_BMS_BMS_BMS_H

#include "sim/can/can.h"
#include "sim/loop.h"
#include "sim/signal.h"
#include "sim/text/problem.h"
#include "vehicle_bms/bms/pack.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bms_state_id {
    BMS_OFF,           /* no auxiliary supply, or unplugged */
    BMS_AWAKE,         /* supplied and plugged; waits for CHM or CRM(00) */
    BMS_HANDSHAKE,     /* sends BHM until CRM(00) */
    BMS_RECOGNITION,   /* sends BRM until CRM(AA) */
    BMS_CONFIGURATION, /* sends BCP until CML */
    BMS_NOT_READY,     /* sends BRO(00) until K5/K6 are closed */
    BMS_READY,         /* sends BRO(AA) until CRO(AA) */
    BMS_CHARGING,      /* sends BCL, BCS, BSM */
    BMS_STOPPING,      /* sends BST until CST */
    BMS_END,           /* sends BSD until CSD */
    BMS_FINISHED,      /* silent until the supply goes */
    BMS_ERROR,         /* sends BEM after a timeout of its own; waits for CRM(00) */
    BMS_GIVEN_UP,      /* silent: no CRM within the wait */
    BMS_STATES,
};

/* Awaited messages and their limits; the timeout raises the BEM bit. */
enum bms_wait {
    BMS_WAIT_CRM_00, /* 3901 */
    BMS_WAIT_CRM_AA, /* 3902 */
    BMS_WAIT_CML,    /* 3903 */
    BMS_WAIT_CRO,    /* 3904, any CRO */
    BMS_WAIT_CRO_AA, /* 3904 */
    BMS_WAIT_CCS,    /* 3905 */
    BMS_WAIT_CST,    /* 3906 */
    BMS_WAIT_CSD,    /* 3907 */
    BMS_WAIT_RETURN, /* CRM(00) after an error; no BEM bit: gives up */
    BMS_WAITS,
};

struct bms_params {
    enum edition edition;
    /* identity (BRM) */
    uint8_t version_minor;  /* of V1.1 */
    uint16_t version_major; /* of V1.1 */
    unsigned brm_length;    /* 49 or 41 bytes */
    const char *vin;        /* 17 characters */
    const char *maker;      /* up to 4 characters */
    uint32_t serial_number;
    unsigned made_year, made_month, made_day;
    uint32_t charge_count;
    uint8_t ownership;
    uint8_t software_build, software_day, software_month;
    uint16_t software_year;
    /* limits told and kept */
    double bhm_voltage_v;      /* BHM: highest allowed, the insulation test's voltage */
    double voltage_max_v;      /* BCP: highest allowed total voltage */
    double cell_voltage_max_v; /* BCP */
    double current_max_a;      /* BCP, magnitude, 0..400 */
    double temperature_max_c;  /* BCP; above it BST with pack over-temperature */
    /* the charge */
    double target_soc_percent;
    double demand_current_a;      /* constant-current demand, magnitude: what it would like */
    double demand_share;          /* where above 0: this share of what it may ask for instead */
    double charger_power_w;       /* what the charger can deliver; 0: it does not know */
    double charge_cell_voltage_v; /* the mean cell voltage that constant voltage holds */
    double end_current_a;         /* end of constant voltage, magnitude */
    /* times */
    int64_t wake_ns;     /* supply and plug good to awake */
    int64_t k5_close_ns; /* from the start of BRO(00) */
    int64_t k6_close_ns;
    int64_t ready_ns;           /* K5 and K6 closed to BRO(AA) */
    double open_current_a;      /* K5/K6 open at this current or below (5 A) */
    int64_t open_fault_ns;      /* ... or this long after a BST for a fault (300 ms, B.3.7.2) */
    int64_t open_ns;            /* ... or this long after any other end or error (10 s, B.3.7.3) */
    unsigned bst_frames_min;    /* BST goes on for at least so many frames (10) */
    int64_t wait_ns[BMS_WAITS]; /* limits of enum bms_wait (annex A) */
    int64_t wait_wake_ns;       /* CRM(00) when no CHM came, from waking (60 s) */
    bool send_bmv, send_bmt, send_bsp; /* the optional messages, default off */
    bool external; /* somebody else speaks for the vehicle: it never wakes, and drives nothing */
    bool own_timeouts; /* false: it waits for ever, raises no BEM */
    struct transport_timing timing;
};

extern const struct bms_params bms_params_default; /* for pack_bus_lfp_540v */

struct bms;

/* The parameters are copied; vin and maker must live as long as the BMS. */
struct bms *bms_new(struct loop *loop, struct signal_board *board, struct can_net *net,
                    struct pack *pack, const struct bms_params *params);
/* False: problem says which signal is missing. */
bool bms_start(struct bms *bms, struct problem *problem);
/* One vehicle with two channels: other is the one at the other plug, and both have the pack that they were given.
 * What the pack may take they divide, half for each while both charge. NULL: it is alone. other outlives this or is
 * taken off before. */
void bms_share(struct bms *bms, struct bms *other);
void bms_free(struct bms *bms);

/* To be changed at any time; acts from the next message or decision on. */
struct bms_params *bms_params(struct bms *bms);
enum bms_state_id bms_state(const struct bms *bms);

/* The vehicle ends the charge: BST with this field of messages[MESSAGE_BST] set ("soc_reached",
 * "other_fault", ...). False: it is neither ready to charge (BRO(AA)) nor charging. */
bool bms_stop(struct bms *bms, const struct field *reason);

/* Silence after `after` more messages (0: at once). The BMS's own waits that start with
 * a muted message do not start (BRM: CRM(AA), BCP: CML, BST: CST and CSD), and CSD is not awaited
 * while BSD is muted. A case that waits for the charger's CEM in another way (wrong lengths, held
 * messages in the end phase) should clear params.own_timeouts, so that BEM does not come first. */
void bms_mute(struct bms *bms, enum message_index message, unsigned after);
void bms_unmute(struct bms *bms, enum message_index message);
/* Sends the message besides those of its state, at its period, until it is restored. What BEM then
 * complains of is what the state waits for. */
void bms_add(struct bms *bms, enum message_index message);
/* At least 0 ns; 0: the table's. */
void bms_period(struct bms *bms, enum message_index message, int64_t period_ns);
/* The first message of each phase comes that much later, at least 0 ns. */
void bms_delay(struct bms *bms, enum message_index message, int64_t delay_ns);
/* Alone in its phase: BHM, BRM, BCP, BRO, BST. */
bool bms_can_hold(enum message_index message);
/* Keeps sending the message instead of going on to the next phase. */
void bms_hold(struct bms *bms, enum message_index message, bool on);
/* A field's value; NAN: not supplied. bms_override_raw puts raw bits (a state "untrusted" is 2),
 * bms_override_text the text of BRM.vin and its like. */
bool bms_override(struct bms *bms, enum message_index message, const struct field *field,
                  double value);
bool bms_override_raw(struct bms *bms, enum message_index message, const struct field *field,
                      uint64_t raw);
bool bms_override_text(struct bms *bms, enum message_index message, const struct field *field,
                       const char *text);
void bms_release(struct bms *bms, enum message_index message, const struct field *field);
/* The whole payload as given, at most MESSAGE_LENGTH_MAX bytes. */
void bms_bytes(struct bms *bms, enum message_index message, const uint8_t *data, size_t length);
/* Another length, at most MESSAGE_LENGTH_MAX: cut, or filled with FF. 0: the table's. */
void bms_length(struct bms *bms, enum message_index message, size_t length);
/* Breaks the transfers of a long message (BRM, BCP, BCS, BMV, BMT, BSP), from the next one on; what
 * `at` counts is the fault's (transport.h), at most UINT16_MAX. reason: of Conn_Abort, 0: 2. */
bool bms_break_transport(struct bms *bms, enum message_index message, enum transport_fault fault,
                         unsigned at, uint8_t reason);
/* Breaks the transfers that the BMS receives. A charger of the 2015 edition sends none. */
bool bms_break_reception(struct bms *bms, enum reception_fault fault, unsigned at, uint8_t reason);
/* Undoes all of the above for one message. */
void bms_restore(struct bms *bms, enum message_index message);
/* ... for every message, and for what it receives. */
void bms_restore_all(struct bms *bms);
/* Sends any extended frame at once, foreign identifiers included. */
int bms_send_raw(struct bms *bms, uint32_t id, const uint8_t *data, size_t length);
/* Answers nothing at all any more, as with S+/S- cut; false: again. */
void bms_disconnect(struct bms *bms, bool cut);

#endif

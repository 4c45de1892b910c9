/* SPDX-License-Identifier: MIT */
/* dut.h: the port between a charger's control firmware (the device under test) and whatever it
 * runs on: the bench (linked in or as a shared object), a Linux process on CAN, a board.
 *
 * The firmware exports one function:
 *
 *   const struct dut_api *dut_entry(void);
 *
 * and the host uses it so:
 *
 *   const struct dut_api *api = dut_entry();
 *   if (api->abi_version < 1 || api->abi_version > DUT_ABI_VERSION) refuse;
 *   void *dut = memory of api->instance_size bytes, zeroed, aligned for max_align_t;
 *   api->init(dut, &host, now_ns);          host stays valid for the life of dut
 *   api->set_param(dut, "brm.timeout", v);  any number of times, before the first run
 *   wake = api->run(dut, now_ns);           run does what is due and says when it wants to run again
 *   api->on_can(dut, now_ns, net, &frame);  a frame arrived;    then call run
 *   api->on_input(dut, now_ns, gun, in, v); an input stepped;   then call run
 *
 * Contract
 *  - Time is int64 nanoseconds from an arbitrary origin, never decreasing. The firmware owns no
 *    clock, thread or heap.
 *  - run returns the instant at which it wants to be called again (DUT_NEVER: only when something
 *    arrives). A firmware that needs a fixed tick returns now + tick, or sets tick_ns and is then
 *    called at every multiple of it, whatever run returns.
 *  - Values are integers in the unit of the channel's name (mV, mA, ohm, 0.1 degC, Wh; 0/1).
 *  - Analog inputs are read with host->input, like an ADC, whenever the firmware wants. on_input is
 *    called only for steps: every change of a digital channel, and of analog ones that step (CC1
 *    when S opens). Quantities that glide (voltages, currents) have to be sampled.
 *  - Outputs are latched: host->output says what a channel is from now on. All are 0 at start.
 *  - The host's functions may be called only from within init, set_param, on_* and run.
 *  - Functions returning int: 0 or more is success, negative is one of enum dut_error.
 *
 * Ports of the pile follow the tender's ZS-6.5.7.2: three CAN networks, one serial line a meter. */
#ifndef DUT_H
#define DUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 2 added bulk_read, bulk_write and wall_time at the end of struct dut_host. A host serves firmware
 * of its own version and of all before. */
#define DUT_ABI_VERSION 2u
#define DUT_NEVER       INT64_MAX
#define DUT_GUNS_MAX    2

enum dut_error {
    DUT_ERROR_FULL = -1,     /* transmit queue or storage full: try again later */
    DUT_ERROR_ABSENT = -2,   /* no such network, line, channel, parameter or record */
    DUT_ERROR_ARGUMENT = -3, /* value out of range */
};

/* CAN networks. The vehicle network of gun g is DUT_NET_VEHICLE + g. */
enum dut_net {
    DUT_NET_VEHICLE = 0, /* GB/T 27930, 250 kbit/s; +1 for the second gun */
    DUT_NET_MODULES = 2, /* power modules and I/O boards */
    DUT_NET_HOST = 3,    /* billing unit, upper system */
    DUT_NETS = 4,
};

/* Serial lines: one a meter, DL/T 645-2007, 8 data bits, even parity. The line of gun g's DC meter
 * is DUT_LINE_DC_METER + g. serial_write gives DUT_ERROR_ABSENT for a line that is not there. */
enum dut_line {
    DUT_LINE_DC_METER = 0, /* 9600 bit/s; +1 for the second gun */
    DUT_LINE_AC_METER = 2, /* 2400 bit/s */
    DUT_LINES = 3,
};

/* One classic CAN frame, 29-bit identifier. */
struct dut_can_frame {
    uint32_t id; /* 29 bits, no flags */
    uint8_t len; /* 0..8 */
    uint8_t data[8];
};

/* What the firmware reads, per gun. Pile-wide channels read the same on every gun. */
enum dut_input {
    DUT_IN_CC1_MV,             /* detection point 1, GB/T 18487.1-2015 annex B */
    DUT_IN_LOCK_FEEDBACK,      /* 1: the plug's electronic lock is home */
    DUT_IN_K1_FEEDBACK,        /* 1: auxiliary contact of K1 (DC+) says closed */
    DUT_IN_K2_FEEDBACK,        /* 1: auxiliary contact of K2 (DC-) says closed */
    DUT_IN_AUX_MV,             /* low-voltage auxiliary supply behind K3/K4 */
    DUT_IN_INNER_MV,           /* DC voltage on the modules' side of K1/K2 */
    DUT_IN_OUTER_MV,           /* DC voltage on the vehicle's side of K1/K2, signed */
    DUT_IN_CURRENT_MA,         /* DC output current, positive while charging */
    DUT_IN_INSULATION_POS_OHM, /* DC+ to PE; negative: not measured (yet) */
    DUT_IN_INSULATION_NEG_OHM, /* DC- to PE; negative: not measured (yet) */
    DUT_IN_PE_OK,              /* 1: protective earth continuous */
    DUT_IN_GUN_TEMP_POS_DC,    /* gun contact DC+, 0.1 degC */
    DUT_IN_GUN_TEMP_NEG_DC,    /* gun contact DC-, 0.1 degC */
    DUT_IN_ENERGY_WH, /* register of this gun's DC meter, for firmware that reads none itself */
    DUT_IN_START,     /* 1 while a person confirms the start at this gun */
    DUT_IN_STOP,      /* 1 while a person asks this gun to stop */
    DUT_IN_ESTOP,     /* 1: emergency stop pressed (pile) */
    DUT_IN_DOOR_OPEN, /* 1: a door with live parts behind it is open (pile) */
    DUT_IN_AC_MV,     /* AC supply, line to line rms (pile) */
    DUT_INPUTS
};

/* What the firmware commands, per gun. */
enum dut_output {
    DUT_OUT_K1,         /* 1: close the DC+ contactor */
    DUT_OUT_K2,         /* 1: close the DC- contactor */
    DUT_OUT_AUX,        /* 1: close K3 and K4, auxiliary supply to the vehicle */
    DUT_OUT_LOCK,       /* 1: lock the plug */
    DUT_OUT_DISCHARGE,  /* 1: discharge resistor across the modules' side of K1/K2 */
    DUT_OUT_IMD,        /* 1: insulation monitor connected */
    DUT_OUT_MODULES_ON, /* 1: power modules of this gun deliver */
    DUT_OUT_MODULE_MV,  /* voltage set value of the modules */
    DUT_OUT_MODULE_MA,  /* current limit of the modules */
    DUT_OUT_ALARM,      /* 0: no alarm; else the firmware's fault number (see fault_name) */
    DUT_OUT_STATE,      /* the session's state as shown to a person (see state_name) */
    DUT_OUTPUTS
};

/* What the firmware may ask of its host. ctx is passed back as the first argument. */
struct dut_host {
    void *ctx;
    int (*can_send)(void *ctx, unsigned net, const struct dut_can_frame *frame);
    int (*serial_write)(void *ctx, unsigned line, const uint8_t *bytes, size_t count);
    int32_t (*input)(void *ctx, unsigned gun, enum dut_input channel);
    void (*output)(void *ctx, unsigned gun, enum dut_output channel, int32_t value);
    int (*store_read)(void *ctx, unsigned record, void *bytes, size_t size); /* bytes read */
    int (*store_write)(void *ctx, unsigned record, const void *bytes, size_t size);
    void (*log)(void *ctx, const char *text); /* one line, for the trace; may do nothing */
    /* Version 2. Each may be NULL: the host has no such thing.
     * Bulk storage, for what is too much for records: bytes at an offset, all of them or an error;
     * DUT_ERROR_ABSENT beyond its end. On the storage when bulk_write returns. A write that a power
     * cut interrupts may leave each of its bytes old, new or anything; no other byte changes. What
     * was never written reads as whatever an erased storage holds. To erase before writing, to
     * spread wear and to go round bad blocks is the host's matter. */
    int (*bulk_read)(void *ctx, uint32_t offset, void *bytes, size_t size);
    int (*bulk_write)(void *ctx, uint32_t offset, const void *bytes, size_t size);
    /* The pile's clock, which goes on through power cuts: seconds since 1970-01-01 00:00 of its
     * civil time (China: UTC+8). Negative: not set. It may be set while the firmware runs, back
     * too. */
    int64_t (*wall_time)(void *ctx);
};

/* One named number that bends the firmware's behaviour: a timeout, a limit, a length. */
struct dut_param {
    const char *name;   /* "precharge.difference" */
    const char *unit;   /* "mV", "ms", "" */
    const char *clause; /* where the value comes from: standard and clause, or tender id */
    int32_t value;      /* default */
    int32_t min, max;
};

struct dut_api {
    uint32_t abi_version;           /* DUT_ABI_VERSION it was built with */
    uint32_t guns;                  /* 1..DUT_GUNS_MAX */
    size_t instance_size;           /* bytes of memory for one instance */
    int64_t tick_ns;                /* 0: tickless */
    const char *name;               /* product name, for the report */
    const char *version;            /* firmware version, for the report */
    const struct dut_param *params; /* param_count of them */
    size_t param_count;
    int (*init)(void *dut, const struct dut_host *host, int64_t now_ns);
    int (*set_param)(void *dut, const char *name, int32_t value);
    void (*on_can)(void *dut, int64_t now_ns, unsigned net, const struct dut_can_frame *frame);
    void (*on_serial)(void *dut, int64_t now_ns, unsigned line, const uint8_t *bytes, size_t count);
    void (*on_input)(void *dut, int64_t now_ns, unsigned gun, enum dut_input channel,
                     int32_t value);
    int64_t (*run)(void *dut, int64_t now_ns); /* instant of the next wanted run */
    const char *(*state_name)(int32_t state);  /* English, never NULL */
    const char *(*fault_name)(int32_t fault);  /* English, never NULL; 0 is "none" */
};

/* The one symbol a firmware exports. */
const struct dut_api *dut_entry(void);

#endif

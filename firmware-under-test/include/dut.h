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
 *   api->capability(dut, gun, what);        what it is and has (version 3), before the first run
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
 *    when S opens). Quantities that glide have to be sampled: voltages, currents, temperatures, the AC
 *    and the auxiliary supply, the energy register.
 *  - Outputs are latched: host->output says what a channel is from now on. All are 0 at start.
 *  - The host's functions may be called only from within init, set_param, capability, on_* and run.
 *  - Functions returning int: 0 or more is success, negative is one of enum dut_error.
 *  - One process may be given several lives of the firmware (a power cut is a second init): reset
 *    every global in init. A new test case is a new process.
 *
 * Ports of the pile follow the tender's ZS-6.5.7.2: three CAN networks, one serial line a meter. */
#ifndef DUT_H
#define DUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Versions. A host serves firmware of its own version and of all before; so everything is added at
 * the end, and nothing that is there changes its place or its meaning.
 *   1  the port as it began
 *   2  struct dut_host: bulk_read, bulk_write, wall_time
 *   3  struct dut_api: capability; the inputs from DUT_IN_AC_L1_MV on, the outputs from
 *      DUT_OUT_AC_TRIP on
 * A host never reads beyond what a firmware's version has of struct dut_api, and never calls
 * on_input with a channel of a later version than the firmware's.
 *
 * Why version 3 asks and does not guess. A test bench that grew up beside one charger takes that
 * charger's rating, its meters and its billing for granted, and fails every other one. So the
 * firmware says what it has; a case says what it needs; what a firmware does not have is shown as
 * "not applicable" with its reason, or as a failure where the tender demands it. One question of one
 * number at a time, rather than a struct: a capability that comes later is one more word at the
 * end, a firmware that does not know it says DUT_UNKNOWN, parameters may change the answer, and the
 * same pair of numbers travels over CAN (pile_io.h). */
#define DUT_ABI_VERSION 3u
#define DUT_NEVER       INT64_MAX
#define DUT_UNKNOWN     INT32_MIN /* a capability that is not declared; an input that is not wired */
#define DUT_GUNS_MAX    2

enum dut_error {
    DUT_ERROR_FULL = -1,     /* transmit queue or storage full: try again later */
    DUT_ERROR_ABSENT = -2,   /* no such network, line, channel, parameter or record */
    DUT_ERROR_ARGUMENT = -3, /* value out of range */
};

/* CAN networks. The vehicle network of gun g is DUT_NET_VEHICLE + g. */
enum dut_net {
    DUT_NET_VEHICLE = 0, /* GB/T 27930, 250 kbit/s; +1 for the second gun */
    DUT_NET_MODULES = 2, /* power modules and I/O boards; nobody answers unless the host says so */
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

/* What the firmware reads, per gun. Pile-wide channels read the same on every gun. Those of version
 * 3 read DUT_UNKNOWN where the host has nothing wired to them: not every bench has every sensor. */
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
    DUT_IN_START,     /* 1 while a person confirms the start at this gun: a pulse, 200 ms */
    DUT_IN_STOP,      /* 1 while a person asks this gun to stop: a pulse, 200 ms */
    DUT_IN_ESTOP,     /* 1: emergency stop pressed (pile) */
    DUT_IN_DOOR_OPEN, /* 1: a door with live parts behind it is open (pile) */
    DUT_IN_AC_MV,     /* AC supply, line to line rms (pile) */
    /* Version 3. The AC side, phase by phase. */
    DUT_IN_AC_L1_MV,            /* L1 to N, rms (pile) */
    DUT_IN_AC_L2_MV,            /* L2 to N, rms (pile) */
    DUT_IN_AC_L3_MV,            /* L3 to N, rms (pile) */
    DUT_IN_AC_FREQUENCY_MHZ,    /* millihertz: 50 Hz is 50000 (pile) */
    DUT_IN_AC_ORDER_OK,         /* 1: phase relay: all three are there, in their order (pile) */
    DUT_IN_AC_RESIDUAL_UA,      /* residual current of the supply, microampere rms (pile) */
    DUT_IN_AC_SWITCH_CLOSED,    /* 1: auxiliary contact of the main switch says closed (pile) */
    DUT_IN_AC_CONTACTOR_CLOSED, /* 1: auxiliary contact of the modules' AC contactor (pile) */
    /* Voltages to PE, for firmware that measures insulation itself (DUT_IMD_BRIDGE). */
    DUT_IN_POS_TO_PE_MV, /* DC+ to PE on the vehicle's side of K1/K2 */
    DUT_IN_NEG_TO_PE_MV, /* DC- to PE there, negative as a rule */
    /* Temperatures besides the two contacts of the gun (DUT_IN_GUN_TEMP_*), and the air. */
    DUT_IN_CABINET_DC,      /* hottest place inside, 0.1 degC (pile) */
    DUT_IN_AMBIENT_DC,      /* air that is drawn in, 0.1 degC (pile) */
    DUT_IN_AIR_PRESSURE_PA, /* for derating with altitude (pile) */
    DUT_IN_FAN_RPM,         /* slowest fan (pile) */
    DUT_IN_AUX_MA,          /* current of the low-voltage auxiliary supply */
    /* Distribution of the power modules between the guns: bit n is module group n. */
    DUT_IN_DISTRIBUTION_CLOSED, /* groups whose contactor to this gun's bus says closed */
    DUT_INPUTS
};

/* What the firmware commands, per gun. */
enum dut_output {
    DUT_OUT_K1,         /* 1: close the DC+ contactor */
    DUT_OUT_K2,         /* 1: close the DC- contactor */
    DUT_OUT_AUX,        /* 1: close K3 and K4, auxiliary supply to the vehicle */
    DUT_OUT_LOCK,       /* 1: lock the plug */
    DUT_OUT_DISCHARGE,  /* 1: discharge resistor across the modules' side of K1/K2. With K1/K2
                           closed it discharges what is connected there, a battery too */
    DUT_OUT_IMD,        /* 1: insulation monitor connected; measured 0.8 s later. Its falling edge
                           ends the insulation test: the time to below 60 V counts from it */
    DUT_OUT_MODULES_ON, /* 1: power modules of this gun deliver */
    DUT_OUT_MODULE_MV,  /* voltage set value of the modules */
    DUT_OUT_MODULE_MA,  /* current limit of the modules; 0: they cannot even raise the voltage */
    DUT_OUT_ALARM, /* 0: no alarm; else the firmware's fault number (see fault_name). Set for as
                           long as a person is to see it: whenever a fault ended or forbids a charge
                           and not when a person, the vehicle or a limit ended it in order */
    DUT_OUT_STATE, /* the session's state as shown to a person (see state_name) */
    /* Version 3. */
    DUT_OUT_AC_TRIP,      /* 1: trips the AC main switch, which stays so until a person closes it
                             again (pile: taken from gun 0) */
    DUT_OUT_AC_CONTACTOR, /* 1: close the modules' AC contactor (pile: taken from gun 0) */
    DUT_OUT_IMD_POS,      /* DUT_IMD_BRIDGE: 1: bridge resistor from DC+ to PE */
    DUT_OUT_IMD_NEG,      /* DUT_IMD_BRIDGE: 1: bridge resistor from DC- to PE */
    DUT_OUT_FAN_PERMILLE, /* speed of the fans, 0..1000 (pile: taken from gun 0) */
    DUT_OUT_DISTRIBUTION, /* bit n: close the contactor of module group n to this gun's bus */
    DUT_OUTPUTS
};

/* What the firmware says of itself (version 3), per gun; what is said of the whole pile reads the
 * same on every gun. Answers are true for the parameters set so far. DUT_UNKNOWN: not declared, and
 * the host asks nothing of it that the profile does not demand anyway. No capability takes a safety
 * function away: contactors, lock, pilot, PE, emergency stop, door, weld detection and discharge
 * are never asked for. */
enum dut_capability {
    DUT_CAP_GUNS,     /* guns it serves as set up, 1..struct dut_api's guns (pile) */
    DUT_CAP_EDITIONS, /* enum dut_edition, bits (pile) */
    /* The plate: what it announces in CML and can deliver. */
    DUT_CAP_VOLTAGE_MIN_MV,
    DUT_CAP_VOLTAGE_MAX_MV,
    DUT_CAP_CURRENT_MIN_MA,
    DUT_CAP_CURRENT_MAX_MA,
    DUT_CAP_POWER_MAX_W,   /* of this gun alone */
    DUT_CAP_PILE_POWER_W,  /* of all guns together (pile) */
    DUT_CAP_POWER_FROM_MV, /* lowest voltage at which POWER_MAX_W is delivered */
    DUT_CAP_AC_MIN_MV,     /* supply within which it works, line to line (pile) */
    DUT_CAP_AC_MAX_MV,     /* (pile) */
    /* Meters and billing. */
    DUT_CAP_DC_METER, /* enum dut_meter */
    DUT_CAP_AC_METER, /* enum dut_meter (pile) */
    DUT_CAP_BILLING,  /* enum dut_billing, bits (pile) */
    /* Insulation, modules, supply, temperatures. */
    DUT_CAP_IMD,           /* enum dut_imd */
    DUT_CAP_MODULES,       /* enum dut_modules (pile) */
    DUT_CAP_MODULES_BIT_S, /* bit rate of DUT_NET_MODULES, bit/s (pile) */
    DUT_CAP_MODULE_COUNT,  /* power modules of the whole pile (pile) */
    DUT_CAP_MODULE_W,      /* rated power of one (pile) */
    DUT_CAP_MODULE_GROUPS, /* groups that DUT_OUT_DISTRIBUTION moves between guns; 0: fixed (pile) */
    DUT_CAP_SUPPLY,        /* enum dut_supply, bits: what it watches and does (pile) */
    DUT_CAP_TEMPERATURES,  /* enum dut_temperature, bits: what it watches */
    DUT_CAP_DERATES,       /* enum dut_derating, bits: what lowers its output */
    /* What the standard leaves open and makers decide differently. Where nothing is declared the
     * bench takes every way that the standard allows; what is declared it holds the firmware to. */
    DUT_CAP_BHM_WAIT_MS,   /* first CHM to giving up on BHM; 0: it waits for ever */
    DUT_CAP_BHM_FALLBACK,  /* 1: without BHM it goes on to CRM, as with a vehicle of 2011 */
    DUT_CAP_RECONNECTIONS, /* after a communication timeout: 3, or 2 where the third timeout ends */
    DUT_CAP_TEST_MAKING,   /* 1: K1/K2 close before the insulation voltage is raised, 0: after */
    DUT_CAP_MISMATCH_MS,   /* measured battery is not the announced one: CRO(00) to its end by
                                 CST; 0: it stays in CRO(00) */
    DUT_CAP_CTS,           /* 1: it sends CTS, the time; 0: it has no clock to send */
    DUT_CAPABILITIES
};

enum dut_edition { /* of GB/T 27930 */
    DUT_EDITION_2011 = 1,
    DUT_EDITION_2015 = 2,
    DUT_EDITION_2023A = 4, /* class A: GB/T 20234.3 connector */
};

enum dut_meter {
    DUT_METER_NONE = 0,     /* none, and no energy either */
    DUT_METER_DLT645 = 1,   /* reads one itself on its serial line, DL/T 645-2007 */
    DUT_METER_REGISTER = 2, /* is given the register as DUT_IN_ENERGY_WH */
};

enum dut_billing {
    DUT_BILLING_RECORDS = 1, /* keeps charge records as charge_record.h has them */
    DUT_BILLING_TARIFFS = 2, /* by tariff periods */
    DUT_BILLING_LIMITS = 4,  /* ends at an energy, a time or an amount */
    DUT_BILLING_CARDS = 8,   /* stored value cards */
};

enum dut_imd {
    DUT_IMD_NONE = 0,
    DUT_IMD_OHM = 1,    /* reads DUT_IN_INSULATION_*_OHM, switched by DUT_OUT_IMD */
    DUT_IMD_BRIDGE = 2, /* switches DUT_OUT_IMD_POS and _NEG, reads DUT_IN_*_TO_PE_MV */
};

enum dut_modules {             /* how it commands its power modules */
    DUT_MODULES_CHANNELS = 0,  /* DUT_OUT_MODULES_ON, _MODULE_MV, _MODULE_MA */
    DUT_MODULES_INFYPOWER = 1, /* the others on DUT_NET_MODULES, by their makers' protocols */
    DUT_MODULES_UUGREEN = 2,
    DUT_MODULES_WINLINE = 3,
    DUT_MODULES_TONHE = 4,
};

enum dut_supply {
    DUT_SUPPLY_VOLTAGE = 1,    /* DUT_IN_AC_MV */
    DUT_SUPPLY_PHASES = 2,     /* DUT_IN_AC_L1_MV .. L3 */
    DUT_SUPPLY_FREQUENCY = 4,  /* DUT_IN_AC_FREQUENCY_MHZ */
    DUT_SUPPLY_ORDER = 8,      /* DUT_IN_AC_ORDER_OK */
    DUT_SUPPLY_RESIDUAL = 16,  /* DUT_IN_AC_RESIDUAL_UA */
    DUT_SUPPLY_TRIP = 32,      /* DUT_OUT_AC_TRIP */
    DUT_SUPPLY_CONTACTOR = 64, /* DUT_OUT_AC_CONTACTOR */
};

enum dut_temperature {
    DUT_TEMPERATURE_GUN = 1,     /* DUT_IN_GUN_TEMP_POS_DC, _NEG_DC */
    DUT_TEMPERATURE_CABINET = 2, /* DUT_IN_CABINET_DC */
    DUT_TEMPERATURE_AMBIENT = 4, /* DUT_IN_AMBIENT_DC */
    DUT_TEMPERATURE_FANS = 8,    /* DUT_IN_FAN_RPM and DUT_OUT_FAN_PERMILLE */
};

enum dut_derating {
    DUT_DERATES_GUN = 1,      /* with the gun's temperature */
    DUT_DERATES_CABINET = 2,  /* with the cabinet's or the modules' */
    DUT_DERATES_ALTITUDE = 4, /* with the air pressure */
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
    /* Version 3. DUT_UNKNOWN for what is not declared, and for every number it does not know. */
    int32_t (*capability)(void *dut, unsigned gun, enum dut_capability what);
};

/* The one symbol a firmware exports. */
const struct dut_api *dut_entry(void);

#endif

/* SPDX-License-Identifier: MIT */
/* modules.h: the power modules of the pile on their CAN: who is there, what each is told, and which
 * gun's bus each group feeds.
 *
 *   core_modules_begin(&modules, &host, param, now_ns);
 *   core_modules_hear(&modules, now_ns, &frame);              what arrives on DUT_NET_MODULES
 *   wake = core_modules_run(&modules, now_ns, wishes);        a wish for each gun, after the guns' turn
 *   core_modules_supply(&modules, gun)->power_w               what a gun can have
 *
 * One command at a time, modules.spacing apart (makers: 50 to 200 ms, never below 20 ms). What is due
 * is looked for in this order (master.c): off; set values and on, at most two in a row; reads. So off is told by one
 * broadcast (by one frame a group where another gun goes on) within modules.spacing of its cause.
 *
 * A module is asked by its group, and commanded by its group as long as all of the group are well; one
 * by one while any of them is silent, joins, or allocates its address. A module that does not answer
 * - is not counted on after modules.suspect reads, but for what the gun's current says it still gives;
 * - is told to switch off, and nothing else, after modules.silent reads: the first frame that a module
 *   hears after its own watchdog (10 s) ran out makes it deliver what it was told before. Nothing
 *   that reaches it then may say anything but off;
 * - is believed dead after modules.lost (longer than its watchdog), so that its group can go to another
 *   bus; and forgotten after modules.forget.
 * A module that says that it is faulty, protected, hot, asleep or twice there, or that does not do what
 * it was told, takes no share.
 *
 * With modules.face at 0 (DUT_MODULES_CHANNELS) all this is not there. */
#ifndef CORE_MODULES_H
#define CORE_MODULES_H

#include "modules/module.h"
#include "modules/share.h"
#include "services/faults.h"
#include "services/params.h"

enum core_module_state {
    CORE_MODULE_FREE,    /* no module */
    CORE_MODULE_IDLE,    /* off, or about to be */
    CORE_MODULE_JOINING, /* its gun delivers already: it begins with no current */
    CORE_MODULE_SHARES,  /* has its share of the gun's current */
    CORE_MODULE_BARRED,  /* unfit, or it does not do what it is told: off */
    CORE_MODULE_SILENT,  /* off, as soon as it hears */
};

struct core_module {
    uint8_t address, group; /* of the pile, from 0; CORE_MODULE_GROUPS_MAX: none of them */
    uint8_t state;          /* enum core_module_state */
    uint8_t missed;         /* status reads in a row that it has not answered */
    uint8_t prepared;       /* times it was told how to behave */
    bool odd, disobeys;
    bool told_on, low_range;
    uint16_t mark, known, flags; /* known: enum core_module_tells, bits */
    int32_t mv, ma;              /* as it says */
    int32_t voltage_min_mv, voltage_max_mv, current_max_ma, power_w;
    int32_t set_mv, set_ma; /* last told; negative: nothing that it can be held to */
    int64_t heard_ns, status_ns, output_ns, set_ns, again_ns, switched_ns, odd_ns;
};

/* Steps of a group between two buses (distribution.c). */
enum core_group_step {
    CORE_GROUP_RESTS,   /* its contactors are as they should be */
    CORE_GROUP_DRAINS,  /* others take its current over */
    CORE_GROUP_EMPTIES, /* off: waits until no current flows */
    CORE_GROUP_PARTS,   /* contactor opens */
    CORE_GROUP_MATCHES, /* raises its voltage to that of the bus it goes to */
    CORE_GROUP_MEETS,   /* contactor closes */
};

struct core_module_group {
    uint8_t home, at, to;  /* guns; at: CORE_DEAL_NOBODY between two buses */
    uint8_t step;          /* enum core_group_step */
    bool off_due;          /* has to be told */
    bool lent;             /* it has been at another bus, or on its way there */
    int32_t weight;        /* of its part of the gun's current: 1000 a module, glides */
    int64_t since_ns;      /* of the step */
    int64_t allocating_ns; /* address allocation was heard of last */
    int64_t failed_ns;     /* a way was given up */
};

/* What a gun asks for. */
struct core_modules_wish {
    bool on;
    bool served;        /* a session is under way, or its output is not off yet */
    int32_t mv, ma;     /* set values for all its modules together */
    int32_t want_w;     /* what it could use */
    int32_t bus_mv;     /* measured, on the modules' side of its contactors */
    int32_t current_ma; /* measured */
};

/* What a gun gets. */
struct core_modules_supply {
    enum core_fault refusal; /* its bus is another gun's, or no good module is on it; NONE */
    bool bleed;              /* its bus carries what another gun left: discharge it */
    int32_t power_w;         /* of the modules that are good now */
    int32_t current_ma;
    enum core_fault fault;  /* no module left that delivers, or a contactor that does not obey */
    enum core_fault notice; /* shown: a module is faulty or hot */
};

struct core_modules {
    const struct dut_host *host;
    const int32_t *param;
    const struct core_face *face; /* NULL: by channels */
    int64_t now;
    bool all_off_due;                       /* a broadcast */
    uint8_t in_a_row;                       /* commands since the last read */
    uint8_t cursor;                         /* module looked at first for its next command */
    uint8_t reads;                          /* counts on */
    uint8_t ask_group, ask_module, scanned; /* the next read */
    bool ask_output;
    enum core_module_command command; /* whose parts are being sent */
    struct core_module_target target;
    uint8_t part;
    int32_t part_mv, part_ma;
    int64_t starved_ns[DUT_GUNS_MAX]; /* since when a gun asks in vain; 0: it does not */
    int64_t slot_ns;                  /* earliest next command */
    int64_t read_ns;                  /* next read */
    int64_t glided_ns, dealt_ns;
    unsigned arrivals; /* guns that came to be served */
    unsigned order[DUT_GUNS_MAX];
    struct core_modules_wish wish[DUT_GUNS_MAX];
    struct core_modules_supply supply[DUT_GUNS_MAX];
    int32_t each_ma[CORE_MODULE_GROUPS_MAX]; /* set value of each module of a group */
    int32_t closed[DUT_GUNS_MAX];            /* DUT_OUT_DISTRIBUTION */
    struct core_module module[CORE_MODULES_MAX];
    struct core_module_group group[CORE_MODULE_GROUPS_MAX];
};

void core_modules_begin(struct core_modules *modules, const struct dut_host *host,
                        const int32_t *param, int64_t now_ns);
void core_modules_hear(struct core_modules *modules, int64_t now_ns,
                       const struct dut_can_frame *frame);
/* Returns the instant of the next wanted run; DUT_NEVER by channels. */
int64_t core_modules_run(struct core_modules *modules, int64_t now_ns,
                         const struct core_modules_wish *wishes);
static inline const struct core_modules_supply *
core_modules_supply(const struct core_modules *modules, unsigned gun) {
    return &modules->supply[gun];
}

#endif

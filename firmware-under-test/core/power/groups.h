/* SPDX-License-Identifier: MIT */
/* groups.h: the module groups of a pile with two guns, and the tie between their buses: who has which.
 *
 *   core_groups_begin(&groups, &host, param);
 *   core_groups_max_ma(&groups, gun)                what the gun's modules may deliver now
 *   core_groups_right(&groups, gun)                 may it use its own bus?
 *   wake = core_groups_run(&groups, now_ns, uses);  after both guns had their turn
 *
 * Each gun owns the group that is wired to its bus. While one charges with more than its own group has and the
 * other one is idle, the other one's group is lent to it: its bus is raised to the borrower's, the tie closes without
 * a difference, and both deliver. It is given back as soon as the borrower ends or the owner is to start: first the
 * lent group's current goes, then the tie opens without load, then the owner's bus is emptied, which shows that it
 * has opened. The owner's session waits until then. An owner whose bus does not get free has lost it: it does not
 * start, since a tie that stays closed would join two vehicles, and the insulation test of one would measure both.
 *
 * Commanded by DUT_OUT_DISTRIBUTION, its contacts read by DUT_IN_DISTRIBUTION_CLOSED (dut.h): bit n is the group of
 * gun n. The lent group's modules are those of its owner's channels, which an idle owner leaves at 0. With
 * modules.groups at 0 there is no tie, and nothing of this happens. */
#ifndef CORE_GROUPS_H
#define CORE_GROUPS_H

#include "services/services.h"

enum core_groups_state {
    CORE_GROUPS_APART,     /* each gun has its own */
    CORE_GROUPS_RAISING,   /* the lent bus goes up to the borrower's */
    CORE_GROUPS_CLOSING,   /* the tie is told to close */
    CORE_GROUPS_JOINED,    /* the borrower has both */
    CORE_GROUPS_RETURNING, /* the lent group's current goes */
    CORE_GROUPS_OPENING,   /* the tie is told to open */
    CORE_GROUPS_EMPTYING,  /* the owner's bus is discharged */
    CORE_GROUPS_LOST,      /* the tie is not known to be open */
};

/* What a gun does with its group. */
struct core_group_use {
    bool charges;      /* its output follows a demand */
    bool idle;         /* no session, output off */
    int32_t demand_ma; /* asked for, whatever its modules have */
    int32_t set_mv, set_ma;
};

struct core_groups {
    const struct dut_host *host;
    const int32_t *param;
    enum core_groups_state state;
    unsigned to;  /* the borrower; the other one is the owner. Valid unless APART */
    bool refused; /* not again while this charge of the borrower lasts */
    int64_t now, since_ns;
    int64_t
        bridged_ns; /* both buses alike since then, with one gun idle; DUT_NEVER: they are not */
    int32_t inner_mv[DUT_GUNS_MAX];
    int32_t on, mv, ma, resistor, closed; /* as commanded: of the lent group, of the tie */
};

void core_groups_begin(struct core_groups *groups, const struct dut_host *host,
                       const int32_t *param);
int64_t core_groups_run(struct core_groups *groups, int64_t now_ns,
                        const struct core_group_use *uses); /* of each gun */
int32_t core_groups_max_ma(const struct core_groups *groups, unsigned gun);
int32_t core_groups_own_ma(const struct core_groups *groups); /* of one group */
enum core_group_right core_groups_right(const struct core_groups *groups, unsigned gun);

#endif

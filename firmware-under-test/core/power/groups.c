/* SPDX-License-Identifier: MIT */
#include "power/groups.h"

#include "services/assert.h"

/* Bits of the parameter tie.check. */
enum {
    CHECK_CONTACT = 1,
    CHECK_VOLTAGE = 2
};

#define PERIOD_NS  10000000  /* while a gun is in use: supervise.period's default */
#define BRIDGED_NS 200000000 /* alike for so long is no coincidence */
#define PROOF_NS   200000000 /* a bus that has not moved under the resistor by then is not alone */
#define LIVE_MV    60000     /* GB/T 18487.1-2015 9.6: below it is dead */
#define ALIKE_MV   10000     /* two buses that one tie joins */

void core_groups_begin(struct core_groups *groups, const struct dut_host *host,
                       const int32_t *param) {
    *groups = (struct core_groups){.host = host, .param = param, .bridged_ns = DUT_NEVER};
}

static bool enabled(const struct core_groups *groups) {
    return groups->param[CORE_P_MODULE_GROUPS] > 1 && groups->param[CORE_P_GUNS] > 1 &&
           groups->param[CORE_P_MODULE_FACE] == DUT_MODULES_CHANNELS; /* else modules/ does it */
}

static unsigned owner(const struct core_groups *groups) {
    CORE_ASSERT(groups->to < DUT_GUNS_MAX);
    return 1 - groups->to;
}

static bool since(const struct core_groups *groups, enum core_param ms) {
    return groups->now >= groups->since_ns + (int64_t)groups->param[ms] * 1000000;
}

static bool checks(const struct core_groups *groups, int32_t bit) {
    return (groups->param[CORE_P_TIE_CHECK] & bit) != 0;
}

static void enter(struct core_groups *groups, enum core_groups_state state) {
    groups->state = state;
    groups->since_ns = groups->now;
}

/* ---- commands ---- */

static void put(struct core_groups *groups, enum dut_output channel, int32_t *latch,
                int32_t value) {
    if (*latch != value) {
        *latch = value;
        groups->host->output(groups->host->ctx, owner(groups), channel, value);
    }
}

/* The owner is idle: its own machines leave these channels at 0, and find them so again. */
static void command_modules(struct core_groups *groups, int32_t mv, int32_t ma) {
    CORE_ASSERT(mv >= 0 && ma >= 0 && groups->resistor == 0);
    put(groups, DUT_OUT_MODULE_MV, &groups->mv, mv);
    put(groups, DUT_OUT_MODULE_MA, &groups->ma, ma);
    put(groups, DUT_OUT_MODULES_ON, &groups->on, 1);
}

static void modules_off(struct core_groups *groups) {
    put(groups, DUT_OUT_MODULES_ON, &groups->on, 0);
    put(groups, DUT_OUT_MODULE_MA, &groups->ma, 0);
    put(groups, DUT_OUT_MODULE_MV, &groups->mv, 0);
}

static void command_resistor(struct core_groups *groups, bool in) {
    CORE_ASSERT(!in || (groups->on == 0 && groups->closed == 0));
    put(groups, DUT_OUT_DISCHARGE, &groups->resistor, in ? 1 : 0);
}

/* Each gun's own group, or both at the borrower. */
static void command_tie(struct core_groups *groups, bool close) {
    const struct dut_host *host = groups->host;
    if (groups->closed == (close ? 1 : 0)) {
        return;
    }
    groups->closed = close ? 1 : 0;
    host->output(host->ctx, owner(groups), DUT_OUT_DISTRIBUTION, close ? 0 : 1 << owner(groups));
    host->output(host->ctx, groups->to, DUT_OUT_DISTRIBUTION, close ? 3 : 1 << groups->to);
}

/* An input that is not wired is no contact that says closed. */
static bool says_closed(const struct core_groups *groups) {
    const struct dut_host *host = groups->host;
    int32_t closed = host->input(host->ctx, groups->to, DUT_IN_DISTRIBUTION_CLOSED);
    return closed > 0 && (closed & 1 << owner(groups)) != 0;
}

/* ---- states ---- */

static int32_t apart_mv(const struct core_groups *groups) {
    int32_t difference = groups->inner_mv[0] - groups->inner_mv[1];
    return difference < 0 ? -difference : difference;
}

/* The borrower still charges, and the owner still has nothing to do. */
static bool goes_on(const struct core_groups *groups, const struct core_group_use *uses) {
    return uses[groups->to].charges && uses[owner(groups)].idle;
}

/* An idle gun whose bus is as live as that of the other one: the tie is closed, whatever its contact says. */
static bool alike(const struct core_groups *groups, const struct core_group_use *uses,
                  unsigned idle) {
    return checks(groups, CHECK_VOLTAGE) && uses[idle].idle && !uses[1 - idle].idle &&
           groups->inner_mv[idle] >= LIVE_MV && apart_mv(groups) < ALIKE_MV;
}

static bool bridged(struct core_groups *groups, const struct core_group_use *uses) {
    if (!alike(groups, uses, 0) && !alike(groups, uses, 1)) {
        groups->bridged_ns = DUT_NEVER;
        return false;
    }
    if (groups->bridged_ns == DUT_NEVER) {
        groups->bridged_ns = groups->now;
    }
    return groups->now - groups->bridged_ns >= BRIDGED_NS;
}

static bool wants(const struct core_groups *groups, const struct core_group_use *uses,
                  unsigned to) {
    return uses[to].charges && uses[1 - to].idle && uses[to].demand_ma > core_groups_own_ma(groups);
}

static void apart(struct core_groups *groups, const struct core_group_use *uses) {
    if (bridged(groups, uses)) {
        groups->to = uses[0].idle ? 1 : 0;
        enter(groups, CORE_GROUPS_LOST);
        return;
    }
    groups->refused = groups->refused && uses[groups->to].charges;
    for (unsigned to = 0; to < DUT_GUNS_MAX; to++) {
        if (!groups->refused && wants(groups, uses, to)) {
            groups->to = to;
            enter(groups, CORE_GROUPS_RAISING);
            return;
        }
    }
}

static void give_up(struct core_groups *groups, enum core_groups_state next) {
    groups->refused = true;
    enter(groups, next);
}

static void raising(struct core_groups *groups, const struct core_group_use *uses) {
    int32_t mv = groups->inner_mv[groups->to] - groups->param[CORE_P_TIE_BELOW];
    if (!goes_on(groups, uses)) {
        enter(groups, CORE_GROUPS_EMPTYING);
    } else if (since(groups, CORE_P_TIE_TIMEOUT)) {
        give_up(groups, CORE_GROUPS_EMPTYING);
    } else if (groups->on != 0 && apart_mv(groups) <= groups->param[CORE_P_TIE_DIFFERENCE]) {
        command_tie(groups, true);
        enter(groups, CORE_GROUPS_CLOSING);
    } else {
        command_modules(groups, mv > 0 ? mv : 0, groups->param[CORE_P_TIE_CURRENT]);
    }
}

static void closing(struct core_groups *groups, const struct core_group_use *uses) {
    if (!goes_on(groups, uses)) {
        enter(groups, CORE_GROUPS_RETURNING);
    } else if (says_closed(groups)) {
        enter(groups, CORE_GROUPS_JOINED);
    } else if (since(groups, CORE_P_FEEDBACK_TIMEOUT)) {
        give_up(groups, CORE_GROUPS_RETURNING);
    }
}

/* What the borrower's own group does not deliver. */
static int32_t lent_ma(const struct core_groups *groups, const struct core_group_use *uses) {
    int32_t ma = uses[groups->to].set_ma - core_groups_own_ma(groups);
    return ma > 0 ? ma : 0;
}

static void joined(struct core_groups *groups, const struct core_group_use *uses) {
    if (!goes_on(groups, uses) || !says_closed(groups)) {
        enter(groups, CORE_GROUPS_RETURNING);
        return;
    }
    command_modules(groups, uses[groups->to].set_mv, lent_ma(groups, uses));
}

/* The tie opens when it has carried nothing for tie.settle. */
static void returning(struct core_groups *groups, const struct core_group_use *uses) {
    int32_t ma = groups->param[CORE_P_TIE_UNLOAD] != 0 ? lent_ma(groups, uses) : 0;
    if (ma > 0 && groups->on != 0) {
        command_modules(groups, uses[groups->to].set_mv, ma < groups->ma ? ma : groups->ma);
        groups->since_ns = groups->now;
        return;
    }
    if (groups->param[CORE_P_TIE_UNLOAD] != 0) {
        modules_off(groups);
    }
    if (since(groups, CORE_P_TIE_SETTLE)) {
        command_tie(groups, false);
        enter(groups, CORE_GROUPS_OPENING);
    }
}

static void opening(struct core_groups *groups) {
    if (!says_closed(groups) || !checks(groups, CHECK_CONTACT)) {
        enter(groups, CORE_GROUPS_EMPTYING);
    } else if (since(groups, CORE_P_TIE_TIMEOUT)) {
        give_up(groups, CORE_GROUPS_LOST);
    }
}

/* A bus that does not get empty is still joined to the other one. */
static void emptying(struct core_groups *groups) {
    bool empty = groups->inner_mv[owner(groups)] < groups->param[CORE_P_DISCHARGE_FLOOR];
    bool held = groups->inner_mv[owner(groups)] >= LIVE_MV && apart_mv(groups) < ALIKE_MV &&
                groups->now >= groups->since_ns + PROOF_NS;
    modules_off(groups);
    if (empty || !checks(groups, CHECK_VOLTAGE)) {
        command_resistor(groups, false);
        enter(groups, CORE_GROUPS_APART);
    } else if (held || since(groups, CORE_P_DISCHARGE_TIMEOUT)) {
        command_resistor(groups, false);
        give_up(groups, CORE_GROUPS_LOST);
    } else {
        command_resistor(groups, true);
    }
}

/* Open again is what is proven: the owner's bus is dead while the borrower's is live. */
static void lost(struct core_groups *groups) {
    bool dead = groups->inner_mv[owner(groups)] < LIVE_MV;
    if (dead && groups->inner_mv[groups->to] >= 2 * LIVE_MV && !says_closed(groups)) {
        enter(groups, CORE_GROUPS_APART);
    }
}

static void step(struct core_groups *groups, const struct core_group_use *uses) {
    switch (groups->state) {
    case CORE_GROUPS_APART:
        apart(groups, uses);
        break;
    case CORE_GROUPS_RAISING:
        raising(groups, uses);
        break;
    case CORE_GROUPS_CLOSING:
        closing(groups, uses);
        break;
    case CORE_GROUPS_JOINED:
        joined(groups, uses);
        break;
    case CORE_GROUPS_RETURNING:
        returning(groups, uses);
        break;
    case CORE_GROUPS_OPENING:
        opening(groups);
        break;
    case CORE_GROUPS_EMPTYING:
        emptying(groups);
        break;
    case CORE_GROUPS_LOST:
        lost(groups);
        break;
    }
}

int64_t core_groups_run(struct core_groups *groups, int64_t now_ns,
                        const struct core_group_use *uses) {
    bool rests = groups->state == CORE_GROUPS_APART || groups->state == CORE_GROUPS_LOST;
    if (!enabled(groups) || (rests && uses[0].idle && uses[1].idle)) {
        groups->bridged_ns = DUT_NEVER;
        return DUT_NEVER;
    }
    CORE_ASSERT(now_ns >= groups->now);
    groups->now = now_ns;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        groups->inner_mv[gun] = groups->host->input(groups->host->ctx, gun, DUT_IN_INNER_MV);
    }
    step(groups, uses);
    return now_ns + PERIOD_NS;
}

int32_t core_groups_own_ma(const struct core_groups *groups) {
    return enabled(groups) ? groups->param[CORE_P_GROUP_CURRENT] : CORE_MA_MAX;
}

int32_t core_groups_max_ma(const struct core_groups *groups, unsigned gun) {
    int32_t own_ma = core_groups_own_ma(groups);
    bool both = groups->state == CORE_GROUPS_JOINED && gun == groups->to;
    return both && own_ma <= CORE_MA_MAX / 2 ? 2 * own_ma : own_ma;
}

enum core_group_right core_groups_right(const struct core_groups *groups, unsigned gun) {
    if (groups->state == CORE_GROUPS_APART || gun == groups->to) {
        return CORE_GROUP_OWN;
    }
    return groups->state == CORE_GROUPS_LOST ? CORE_GROUP_LOST : CORE_GROUP_LENT;
}

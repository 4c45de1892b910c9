/* SPDX-License-Identifier: MIT */
/* What had fallen silent before a side stopped: it comes first, whatever reason the stop gives. */
#include "vehicle_bms/ending/internal.h"

#include <assert.h>

/* What of the other side had been missing when a side stopped while charging, for as long as that side
 * has to wait. */
struct quiet {
    int index;         /* CCS; BCL or BCS */
    struct instant at; /* the last one */
    int64_t ns;        /* how long it had been silent */
    bool all;          /* so had everything of that side */
};

/* A little less counts: who waits began to count a little earlier. */
bool ending_too_quiet(int64_t quiet_ns, int64_t limit_ns) {
    assert(limit_ns >= 0);
    return quiet_ns >= limit_ns / 10 * 9;
}

static bool quiet_before(const struct ending *ending, const struct said *first, bool bms,
                         struct quiet *quiet) {
    static const int awaited[2][2] = {{MESSAGE_BCL, MESSAGE_BCS}, {MESSAGE_CCS, MESSAGE_CCS}};
    const struct rules_limits *limits = &ending->limits;
    const int64_t limit_ns[2][2] = {{limits->bcl_ns, limits->bcs_ns},
                                    {limits->ccs_ns, limits->ccs_ns}};
    const struct instant *side = &first->before.side[bms];
    for (int i = 0; i < 2 && ending->clock; i++) {
        const struct seen *seen = &first->before.seen[awaited[bms][i]];
        const int64_t ns = first->at.ns - seen->last.ns;
        if (seen->count > 0 && ending_too_quiet(ns, limit_ns[bms][i])) {
            *quiet = (struct quiet){
                awaited[bms][i], seen->last, ns,
                side->order != 0 && ending_too_quiet(first->at.ns - side->ns, limit_ns[bms][i])};
            assert(seen->last.order <= first->at.order && (quiet->index == MESSAGE_CCS) == bms);
            return true;
        }
    }
    return false;
}

/* Does the side that stopped say so itself? */
static bool names(const struct said *error, const struct quiet *quiet) {
    const char *field = quiet->index == MESSAGE_CCS   ? "ccs_timeout"
                        : quiet->index == MESSAGE_BCL ? "bcl_timeout"
                                                      : "bcs_timeout";
    const struct message *message =
        &messages[quiet->index == MESSAGE_CCS ? MESSAGE_BEM : MESSAGE_CEM];
    return error->at.order != 0 && said_bit(error, message, field);
}

static void tell_quiet(const struct ending *ending, const struct said *first, bool bms,
                       const struct quiet *quiet, struct rules_session *session) {
    const struct said *error = &ending->said[bms ? SAID_BEM : SAID_CEM];
    struct writer writer = session_writer(session);
    const char *code = seen_message(quiet->index)->code;
    const struct duration lasted = duration_of(ending, quiet->ns);
    struct statement last = {"", ""};
    if (quiet->all) {
        tell(writer,
             bms ? "充电机先失去通信：%2$s（第%3$llu行，最后一帧%1$s）之后再无报文，"
                 : "车辆先失去通信：%2$s（第%3$llu行，最后一帧%1$s）之后再无报文，",
             bms ? "The charger had fallen silent: nothing came from it for %2$s (the last %1$s is "
                   "line %3$llu) "
                 : "The vehicle had fallen silent: nothing came from it for %2$s (the last %1$s is "
                   "line %3$llu) ",
             code, lasted.text, (unsigned long long)quiet->at.mark);
    } else {
        tell(writer, "%1$s已中断%2$s（最后一帧在第%3$llu行），",
             "%1$s had been silent for %2$s (the last one is line %3$llu) ", code, lasted.text,
             (unsigned long long)quiet->at.mark);
    }
    tell_both(writer, bms ? "随后车辆停止。" : "随后充电机停止。",
              bms ? "when the vehicle stopped." : "when the charger stopped.");
    if (names(error, quiet)) {
        tell(writer, bms ? "%s后BEM也指明了这一点。" : "%s后CEM也指明了这一点。",
             bms ? " Its BEM names that, %s later." : " Its CEM names that, %s later.",
             duration_of(ending, error->at.ns - first->at.ns).text);
    }
    tell_both(writer, "", " ");
    tell(statement_writer(&last), "最后一帧%s", "the last %s", code);
    story_add(session->story, &session->story_count, ending->session, &quiet->at, &last);
}

bool ending_quiet_first(const struct ending *ending, const struct said *first, bool bms,
                        struct rules_session *session) {
    assert(first->at.order != 0);
    struct quiet quiet;
    if (ending->since.order == 0 || !quiet_before(ending, first, bms, &quiet)) {
        return false;
    }
    tell_quiet(ending, first, bms, &quiet, session);
    return names(&ending->said[bms ? SAID_BEM : SAID_CEM], &quiet);
}

/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/showing.h"

#include <inttypes.h>

void show_frame(FILE *to, const struct capture_frame *frame) {
    fprintf(to, "    %" PRIu64 ": %" PRId64 " ns '%s'%s %X%s", frame->line, frame->at_ns,
            frame->network, frame->sent ? " sent" : "", frame->frame.id,
            frame->frame.extended ? "x" : "");
    for (unsigned i = 0; i < frame->frame.len; i++) {
        fprintf(to, " %02X", frame->frame.data[i]);
    }
    fputc('\n', to);
}

void show_health(FILE *to, const struct capture_health *health) {
    for (size_t i = 0; i < health->damage_count; i++) {
        const struct capture_damage *one = &health->damages[i];
        fprintf(to, "    %" PRIu64 ": %s | %s\n", one->line, one->what.en, one->what.zh);
    }
    fprintf(to, "    %s, %s by %" PRId64 " ns; damaged %" PRIu64 ", lost %" PRIu64,
            health->dialect.en, capture_clock_text(health->clock, false), health->resolution_ns,
            health->damaged, health->losses);
    fprintf(to, "; remote %" PRIu64 ", error %" PRIu64 ", FD %" PRIu64 ", other %" PRIu64 "\n",
            health->remote, health->error, health->fd, health->other);
}

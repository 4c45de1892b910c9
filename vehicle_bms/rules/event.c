/* SPDX-License-Identifier: MIT */
/* What a message means for the rules (GB/T 27930-2015 chapters 9 and 10). */
#include "vehicle_bms/rules/event.h"

#include <assert.h>
#include <math.h>

#define BSM_STATES    6 /* SPN 3090...3095, from byte 6 on, two bits each */
#define BSM_TWO_SIDED 2 /* the first of them, whose 10 is abnormal too: too low */

/* One row an event of a message. Steps count within a side. */
static const struct {
    const char *name;
    uint8_t step;
} events[] = {
    [EVENT_CHM] = {"CHM", 1},          [EVENT_BHM] = {"BHM", 1},
    [EVENT_CRM_00] = {"CRM(00)", 2},   [EVENT_BRM] = {"BRM", 2},
    [EVENT_CRM_AA] = {"CRM(AA)", 3},   [EVENT_BCP] = {"BCP", 3},
    [EVENT_CTS] = {"CTS", 4},          [EVENT_CML] = {"CML", 4},
    [EVENT_BRO_00] = {"BRO(00)", 4},   [EVENT_BRO_AA] = {"BRO(AA)", 5},
    [EVENT_CRO_00] = {"CRO(00)", 5},   [EVENT_CRO_AA] = {"CRO(AA)", 6},
    [EVENT_BCL] = {"BCL", 6},          [EVENT_BCS] = {"BCS", 6},
    [EVENT_BSM] = {"BSM", 6},          [EVENT_BMV] = {"BMV/BMT/BSP", 6},
    [EVENT_CCS] = {"CCS", 7},          [EVENT_CST] = {"CST", 8},
    [EVENT_BST] = {"BST", 7},          [EVENT_BSD] = {"BSD", 8},
    [EVENT_CSD] = {"CSD", 9},          [EVENT_CEM] = {"CEM", STEP_ERROR},
    [EVENT_BEM] = {"BEM", STEP_ERROR},
};

_Static_assert(sizeof events / sizeof events[0] == EVENT_BSM_ABNORMAL,
               "every event of a message has a row, and no other has");
_Static_assert(EVENTS <= 32, "an event is a bit of 32");

enum event event_of(const struct assembled *message) {
    static const uint8_t of_message[MESSAGE_COUNT] = {
        [MESSAGE_CHM] = EVENT_CHM, [MESSAGE_BHM] = EVENT_BHM,    [MESSAGE_CRM] = EVENT_CRM_00,
        [MESSAGE_BRM] = EVENT_BRM, [MESSAGE_BCP] = EVENT_BCP,    [MESSAGE_CTS] = EVENT_CTS,
        [MESSAGE_CML] = EVENT_CML, [MESSAGE_BRO] = EVENT_BRO_00, [MESSAGE_CRO] = EVENT_CRO_00,
        [MESSAGE_BCL] = EVENT_BCL, [MESSAGE_BCS] = EVENT_BCS,    [MESSAGE_CCS] = EVENT_CCS,
        [MESSAGE_BSM] = EVENT_BSM, [MESSAGE_BMV] = EVENT_BMV,    [MESSAGE_BMT] = EVENT_BMV,
        [MESSAGE_BSP] = EVENT_BMV, [MESSAGE_BST] = EVENT_BST,    [MESSAGE_CST] = EVENT_CST,
        [MESSAGE_BSD] = EVENT_BSD, [MESSAGE_CSD] = EVENT_CSD,    [MESSAGE_BEM] = EVENT_BEM,
        [MESSAGE_CEM] = EVENT_CEM,
    };
    enum event event = (enum event)of_message[message_index(message->message)];
    assert(event != EVENT_CHM || message->message == &messages[MESSAGE_CHM]); /* a row for each */
    bool ready = message->length > 0 && message->data[0] == READY;
    switch (event) {
    case EVENT_CRM_00:
        return ready ? EVENT_CRM_AA : event;
    case EVENT_BRO_00:
        return ready ? EVENT_BRO_AA : event;
    case EVENT_CRO_00:
        return ready ? EVENT_CRO_AA : event;
    default:
        return event;
    }
}

const char *event_name(enum event event) {
    assert((unsigned)event < sizeof events / sizeof events[0]);
    return events[event].name;
}

uint8_t event_step(enum event event) {
    assert((unsigned)event < sizeof events / sizeof events[0]);
    return events[event].step;
}

double event_value(const struct assembled *message, const char *name) {
    const struct field *field = field_find(message->message, name);
    double value = (double)NAN;
    assert(field != NULL); /* a name out of the code, which the table has */
    if (field != NULL) {
        field_get(field, message->data, message->length, &value);
    }
    return value;
}

double event_ampere(const struct assembled *message, const char *name) {
    return 0.0 - event_value(message, name); /* no -0.0 */
}

struct bsm_content event_bsm(const struct assembled *message) {
    const uint8_t *data = message->data;
    struct bsm_content content = {false, false};
    assert(message->message == &messages[MESSAGE_BSM] && message->length > 6);
    for (unsigned i = 0; i < BSM_STATES; i++) {
        unsigned state = (unsigned)data[5 + i / 4] >> i % 4 * 2 & 3u;
        content.abnormal = content.abnormal || state == 1 || (i < BSM_TWO_SIDED && state == 2);
    }
    content.permitted = (data[6] >> 4 & 3u) == 1;
    return content;
}

bool event_stalls(const struct transfer_event *event) {
    switch (event->fault) {
    case TRANSFER_NO_ANSWER:
    case TRANSFER_HELD:
    case TRANSFER_NO_PACKET:
    case TRANSFER_GAP:
    case TRANSFER_SHORT_FRAME:
        return true;
    case TRANSFER_MISSED: /* only the capture has lost it */
    case TRANSFER_MISSED_RTS:
    case TRANSFER_MISSED_CTS:
        return false;
    default:
        return event->ends;
    }
}

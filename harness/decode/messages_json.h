/* SPDX-License-Identifier: MIT */
/* messages_json.h: the table of messages as JSON, for whoever wants to read or check it.
 *
 *   messages_json(EDITION_2015, stdout);
 *
 * {"edition": "GB/T 27930-2015", "messages": [{"code", "en", "zh", "pgn", "priority", "id", "from",
 * "transport", "phase", "lengths", "length_unit", "period_ms", "mandatory", "clause", "fields": [{
 * "name", "en", "zh", "spn", "byte", "bit", "bits", "repeat", "stride", "kind", "scale", "offset",
 * "min", "max", "unit", "optional", "labels": [{"raw", "en", "zh", "untrusted"}]}]}]} */
#ifndef HARNESS_DECODE_MESSAGES_JSON_H
#define HARNESS_DECODE_MESSAGES_JSON_H

#include "vehicle_bms/message/messages.h"

#include <stdio.h>

void messages_json(enum edition edition, FILE *out);

#endif

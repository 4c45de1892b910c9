/* SPDX-License-Identifier: MIT */
/* dissector.h: a Lua dissector for Wireshark and tshark, from the table of messages.h.
 *
 *   dissector_write(EDITION_2015, false, out);      tshark -X lua_script:gbt27930.lua -r car.pcapng
 *
 * It names messages and fields (gbt27930.bcl.voltage_demand) with units and labels, puts transfers
 * together, and marks aborts, packets out of sequence, wrong lengths, values out of range and stops
 * as expert information. The table is written from messages.h; what reads it there is
 * dissector.lua, the same for every table; the build embeds it. */
#ifndef VEHICLE_BMS_EXPORT_DISSECTOR_H
#define VEHICLE_BMS_EXPORT_DISSECTOR_H

#include "vehicle_bms/message/messages.h"

#include <stdio.h>

/* Errors are the stream's (ferror). */
void dissector_write(enum edition edition, bool chinese, FILE *out);

#endif

/* SPDX-License-Identifier: MIT */
/* dbc.h: the message set of an edition as a DBC file, from the table of messages.h.
 *
 *   dbc_write(EDITION_2015, false, stdout);
 *
 * What a DBC has no word for is written by these conventions (they stand in the file's own
 * comment):
 *  - A message of several packets is a BO_ with the identifier of the J1939 formula and its whole
 *    length, as J1939 databases have it (VFrameFormat J1939PG). On the bus only TP.CM and TP.DT are
 *    seen; a reader has to put the packets together first.
 *  - Of lengths that differ (BRM 41 or 49, CCS 7 or 8) the longer one; of BMV, BMT the longest.
 *  - Repeated fields are signals of their own, numbered from 1: cell_voltage_1 ... cell_voltage_256.
 *  - A text is a signal a character: vin_1 ... vin_17.
 *  - Packed decimals (CTS) are raw: their digits are those of the hexadecimal number.
 *  - "Not supplied" (all ones) has no label; minimum and maximum are those of the standard.
 *  - SPN, period (GenMsgCycleTime) and priority (in the identifier) are attributes; SPN 0: none.
 *
 * ASCII only in English. In Chinese the comments and labels are UTF-8, which the format does not
 * know of: readers that expect a code page show them wrong, and read the rest right. */
#ifndef VEHICLE_BMS_EXPORT_DBC_H
#define VEHICLE_BMS_EXPORT_DBC_H

#include "vehicle_bms/message/messages.h"

#include <stdio.h>

#define DBC_NAME_MAX 32 /* characters of a name that the format allows */

/* Errors are the stream's (ferror). */
void dbc_write(enum edition edition, bool chinese, FILE *out);

#endif

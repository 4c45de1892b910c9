/* SPDX-License-Identifier: MIT */
/* edition.h: which edition of GB/T 27930 messages are of, by their lengths.
 *
 *   struct edition_signs signs = {0};
 *   edition_note(&signs, &assembled);                        each message, of whatever length
 *   struct edition_guess guess = edition_guess(&signs, EDITION_2015);
 *
 * 2011 has no CHM and BHM, CML and CCS of 6 bytes, CSD of 5, BRM of 41; 2023 (class A) differs from
 * 2015 only in lengths that 2015 has, too. Source: the table of messages. */
#ifndef VEHICLE_BMS_LISTEN_EDITION_H
#define VEHICLE_BMS_LISTEN_EDITION_H

#include "vehicle_bms/listen/assembler.h"

/* A bit for each message: it has come with a length that the edition has, or has not. */
struct edition_signs {
    uint32_t right[EDITIONS], wrong[EDITIONS];
};

struct edition_guess {
    enum edition edition; /* the one that fits best; the assumed one where none fits better */
    bool certain; /* nothing contradicts it, and several messages are possible in it alone */
    uint32_t by;  /* those messages that it has and the assumed one has not */
};

void edition_note(struct edition_signs *signs, const struct assembled *message);
struct edition_guess edition_guess(const struct edition_signs *signs, enum edition assumed);
/* Room for the codes of all messages. */
#define EDITION_MESSAGES_SIZE (5 * MESSAGE_COUNT)
/* "CML, CCS": the messages that speak for it; size: at least EDITION_MESSAGES_SIZE. */
void edition_messages(uint32_t messages, char *text, size_t size);

#endif

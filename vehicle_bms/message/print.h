/* SPDX-License-Identifier: MIT */
/* print.h: what a message says, in one line for people.
 *
 *   char text[MESSAGE_TEXT_SIZE];
 *   message_print(message, data, length, false, text, sizeof text);
 *   "voltage demand 426.1 V, current demand -20.0 A, charging mode constant current (02)"
 *
 * Only what says something: states that are normal are summed up ("all normal"), of BST, CST, BEM
 * and CEM the bits that are set, optional fields only when supplied, of repeated fields (BMV, BMT,
 * BSP) how many, the lowest and the highest. Mandatory fields that are not supplied, values outside
 * their range and states not to be trusted are named. Version, time and dates are put together.
 *
 * The message is a row of messages[] or of message_of_edition. Always ends with NUL; a text that
 * does not fit is cut between two characters. Wrong lengths and reserved bits are the caller's to
 * say. */
#ifndef VEHICLE_BMS_MESSAGE_PRINT_H
#define VEHICLE_BMS_MESSAGE_PRINT_H

#include "vehicle_bms/message/messages.h"

#define MESSAGE_TEXT_SIZE 1024

/* Returns the length of the text. */
size_t message_print(const struct message *message, const uint8_t *data, size_t length,
                     bool chinese, char *text, size_t size);

/* Columns a text takes in a terminal: two for each Chinese character. */
size_t message_text_columns(const char *text);

#endif

/* SPDX-License-Identifier: MIT */
/* pile_io.h: the I/O network between a charger's controller that runs as a process of its own (or
 * on a board with a second CAN port) and the bench, which plays everything wired to it.
 *
 * It stands in for wires: what the controller senses comes as frames from the bench, what it
 * commands goes as frames to the bench. The network is separate from the vehicle's, 500 kbit/s
 * where it is a real one. 11-bit identifiers, all frames 8 bytes unless said otherwise, numbers
 * little-endian, two's complement where signed. pile_io.dbc beside this file says the same for
 * tools; a test keeps the two equal.
 *
 * Per gun g (0 or 1) an identifier is the one below plus g * PILE_IO_GUN_STEP.
 *
 *   bench to pile
 *     0x200 SWITCHES     inputs that are on or off          at a change, and every 100 ms
 *     0x201 VOLTAGES     inner, outer voltage               every 10 ms
 *     0x202 CURRENT      output current, CC1, auxiliary     every 10 ms, CC1 and aux at a step
 *     0x203 INSULATION   both poles to PE                   every 100 ms and at a step
 *     0x204 SLOW         gun temperatures, AC supply        every 100 ms and at a step
 *     0x205 ENERGY       the meter's register (4 bytes)     every 100 ms and at a step
 *     0x2F0 PING         counter, wish                      every 100 ms
 *   pile to bench
 *     0x300 COMMANDS     outputs that are on or off         at a change, and every 100 ms
 *     0x301 MODULES      set values of the power modules    at a change, and every 100 ms
 *     0x302 STATUS       alarm and session state            at a change, and every 100 ms
 *     0x3F0 ECHO         the counter of PING (4 bytes)      at once
 *     0x3F1 ALIVE        counter, ABI, guns, state          every 100 ms
 *     0x3F2 IDENTITY     a piece of "name\0version"         all pieces when PING wishes it
 *
 * How the two work together
 *  - The controller starts its firmware when it has had SWITCHES, VOLTAGES, CURRENT, INSULATION,
 *    SLOW and ENERGY of gun 0 once; until then ALIVE says PILE_IO_WAITING.
 *  - ECHO answers PING before anything else; the bench takes half the round trip as the
 *    uncertainty of what it times over this network.
 *  - No ALIVE for PILE_IO_SILENT_MS, once the firmware has run: the bench reports a dead pile, unless
 *    the bench's own machine stood still meanwhile. No SWITCHES for as long: the
 *    controller takes its emergency stop as pressed until they come again, as with a cut wire, and
 *    ALIVE says PILE_IO_INPUTS_LOST. ALIVE's counter starts at 0 and goes up by one each time; one
 *    that does not go up is a controller that was restarted.
 *  - SWITCHES and COMMANDS count up their sequence byte with every frame, so that the other side
 *    can tell that frames were lost. */
#ifndef PILE_IO_H
#define PILE_IO_H

#define PILE_IO_GUN_STEP  0x10
#define PILE_IO_SILENT_MS 500

/* Identifiers, bench to pile. */
#define PILE_IO_SWITCHES   0x200
#define PILE_IO_VOLTAGES   0x201
#define PILE_IO_CURRENT    0x202
#define PILE_IO_INSULATION 0x203
#define PILE_IO_SLOW       0x204
#define PILE_IO_ENERGY     0x205
#define PILE_IO_PING       0x2F0

/* Identifiers, pile to bench. */
#define PILE_IO_COMMANDS 0x300
#define PILE_IO_MODULES  0x301
#define PILE_IO_STATUS   0x302
#define PILE_IO_ECHO     0x3F0
#define PILE_IO_ALIVE    0x3F1
#define PILE_IO_IDENTITY 0x3F2

/* Periods. */
#define PILE_IO_FAST_MS 10  /* VOLTAGES, CURRENT */
#define PILE_IO_SLOW_MS 100 /* all others */

/* SWITCHES: bits of byte 0; byte 1 is the sequence count; the rest is 0. */
#define PILE_IO_BIT_LOCK_FEEDBACK 0
#define PILE_IO_BIT_K1_FEEDBACK   1
#define PILE_IO_BIT_K2_FEEDBACK   2
#define PILE_IO_BIT_PE_OK         3
#define PILE_IO_BIT_START         4
#define PILE_IO_BIT_STOP          5
#define PILE_IO_BIT_ESTOP         6
#define PILE_IO_BIT_DOOR_OPEN     7

/* COMMANDS: bits of byte 0; byte 1 is the sequence count; the rest is 0. */
#define PILE_IO_BIT_K1         0
#define PILE_IO_BIT_K2         1
#define PILE_IO_BIT_AUX        2
#define PILE_IO_BIT_LOCK       3
#define PILE_IO_BIT_DISCHARGE  4
#define PILE_IO_BIT_IMD        5
#define PILE_IO_BIT_MODULES_ON 6

#define PILE_IO_BYTE_SEQUENCE 1

/* First bytes of the numbers: S32 and U32 take four bytes, S16 two. */
#define PILE_IO_S32_INNER_MV           0 /* VOLTAGES */
#define PILE_IO_S32_OUTER_MV           4
#define PILE_IO_S32_CURRENT_MA         0 /* CURRENT */
#define PILE_IO_S16_CC1_MV             4
#define PILE_IO_S16_AUX_MV             6
#define PILE_IO_S32_POSITIVE_OHM       0 /* INSULATION; negative: not measured */
#define PILE_IO_S32_NEGATIVE_OHM       4
#define PILE_IO_S16_TEMPERATURE_POS_DC 0 /* SLOW, 0.1 degC */
#define PILE_IO_S16_TEMPERATURE_NEG_DC 2
#define PILE_IO_S32_AC_MV              4
#define PILE_IO_S32_ENERGY_WH          0 /* ENERGY */
#define PILE_IO_U32_PING_COUNT         0 /* PING and ECHO */
#define PILE_IO_BYTE_PING_WISH         4 /* PING: bit 0 asks for IDENTITY */
#define PILE_IO_S32_MODULE_MV          0 /* MODULES */
#define PILE_IO_S32_MODULE_MA          4
#define PILE_IO_S32_ALARM              0 /* STATUS */
#define PILE_IO_S32_STATE              4
#define PILE_IO_U32_ALIVE_COUNT        0 /* ALIVE */
#define PILE_IO_BYTE_ALIVE_ABI         4 /* DUT_ABI_VERSION of the pile */
#define PILE_IO_BYTE_ALIVE_GUNS        5
#define PILE_IO_BYTE_ALIVE_STATE       6 /* enum pile_io_state */

/* PING's wish. */
#define PILE_IO_WISH_IDENTITY 0x01

/* ALIVE's state. */
enum pile_io_state {
    PILE_IO_WAITING = 0,     /* for the first inputs */
    PILE_IO_RUNNING = 1,     /* the firmware runs */
    PILE_IO_INPUTS_LOST = 2, /* it runs, with the emergency stop taken as pressed */
};

/* IDENTITY: byte 0 is the number of the piece, with PILE_IO_IDENTITY_LAST set in the last one;
 * then up to 7 characters of the name, a zero byte, the version. */
#define PILE_IO_IDENTITY_LAST  0x80
#define PILE_IO_IDENTITY_PIECE 7
#define PILE_IO_IDENTITY_SIZE  112 /* characters at most, the zero byte included */

#endif

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
 *     0x206 PHASES       AC supply, L1 and L2 to N          0x206 to 0x20B: version 3 of dut.h, each
 *     0x207 SUPPLY       L3 to N, frequency                 sent only where the bench has something
 *     0x208 CURRENTS     residual current, auxiliary        of it wired; every 100 ms and at a step,
 *     0x209 TO_PE        DC+ and DC- to PE                  TO_PE every 10 ms
 *     0x20A AIR          cabinet, ambient, pressure
 *     0x20B PLACES       module groups, fans, AC switches
 *     0x2F0 PING         counter, wish                      every 100 ms
 *   pile to bench
 *     0x300 COMMANDS     outputs that are on or off         at a change, and every 100 ms
 *     0x301 MODULES      set values of the power modules    at a change, and every 100 ms
 *     0x302 STATUS       alarm and session state            at a change, and every 100 ms
 *     0x303 EXTRA        outputs of version 3 of dut.h      as COMMANDS, once one of them was set
 *     0x3F0 ECHO         the counter of PING (4 bytes)      at once
 *     0x3F1 ALIVE        counter, ABI, guns, state          every 100 ms
 *     0x3F2 IDENTITY     a piece of "name\0version"         all pieces when PING wishes it
 *     0x3F3 CAPABILITY   one thing the firmware declares    all of them before ALIVE first says
 *                                                           PILE_IO_RUNNING, and when PING wishes it
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
#define PILE_IO_PHASES     0x206
#define PILE_IO_SUPPLY     0x207
#define PILE_IO_CURRENTS   0x208
#define PILE_IO_TO_PE      0x209
#define PILE_IO_AIR        0x20A
#define PILE_IO_PLACES     0x20B
#define PILE_IO_PING       0x2F0

/* Identifiers, pile to bench. */
#define PILE_IO_COMMANDS   0x300
#define PILE_IO_MODULES    0x301
#define PILE_IO_STATUS     0x302
#define PILE_IO_EXTRA      0x303
#define PILE_IO_ECHO       0x3F0
#define PILE_IO_ALIVE      0x3F1
#define PILE_IO_IDENTITY   0x3F2
#define PILE_IO_CAPABILITY 0x3F3

/* Periods. */
#define PILE_IO_FAST_MS 10  /* VOLTAGES, CURRENT, TO_PE */
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

/* PLACES: bits of byte 6; the same bit of byte 7 is 1 where the bench has it wired. EXTRA: bits of
 * byte 6. Counted from the frame's first bit. */
#define PILE_IO_BIT_AC_ORDER_OK         48
#define PILE_IO_BIT_AC_SWITCH_CLOSED    49
#define PILE_IO_BIT_AC_CONTACTOR_CLOSED 50
#define PILE_IO_BIT_AC_TRIP             48
#define PILE_IO_BIT_AC_CONTACTOR        49
#define PILE_IO_BIT_IMD_POS             50
#define PILE_IO_BIT_IMD_NEG             51

#define PILE_IO_BYTE_SEQUENCE 1

/* First bytes of the numbers: S32 and U32 take four bytes, S16 two. In the frames of version 3 the
 * smallest value of either says that it is not known. */
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
#define PILE_IO_S32_L1_MV              0 /* PHASES */
#define PILE_IO_S32_L2_MV              4
#define PILE_IO_S32_L3_MV              0 /* SUPPLY */
#define PILE_IO_S32_FREQUENCY_MHZ      4
#define PILE_IO_S32_RESIDUAL_UA        0 /* CURRENTS */
#define PILE_IO_S32_AUX_MA             4
#define PILE_IO_S32_POS_TO_PE_MV       0 /* TO_PE */
#define PILE_IO_S32_NEG_TO_PE_MV       4
#define PILE_IO_S16_CABINET_DC         0 /* AIR, 0.1 degC */
#define PILE_IO_S16_AMBIENT_DC         2
#define PILE_IO_S32_PRESSURE_PA        4
#define PILE_IO_S32_GROUPS_CLOSED      0 /* PLACES, a bit a module group */
#define PILE_IO_S16_FAN_RPM            4
#define PILE_IO_BYTE_PLACES_WIRED      7
#define PILE_IO_S32_GROUPS             0 /* EXTRA, a bit a module group */
#define PILE_IO_S16_FAN_PERMILLE       4
#define PILE_IO_U32_PING_COUNT         0 /* PING and ECHO */
#define PILE_IO_BYTE_PING_WISH         4 /* PING: bit 0 asks for IDENTITY, bit 1 for CAPABILITY */
#define PILE_IO_S32_MODULE_MV          0 /* MODULES */
#define PILE_IO_S32_MODULE_MA          4
#define PILE_IO_S32_ALARM              0 /* STATUS */
#define PILE_IO_S32_STATE              4
#define PILE_IO_U32_ALIVE_COUNT        0 /* ALIVE */
#define PILE_IO_BYTE_ALIVE_ABI         4 /* DUT_ABI_VERSION of the pile */
#define PILE_IO_BYTE_ALIVE_GUNS        5
#define PILE_IO_BYTE_ALIVE_STATE       6 /* enum pile_io_state */

/* PING's wish. */
#define PILE_IO_WISH_IDENTITY   0x01
#define PILE_IO_WISH_CAPABILITY 0x02

/* CAPABILITY: enum dut_capability and its value, INT32_MIN where nothing is declared. */
#define PILE_IO_BYTE_CAPABILITY_GUN    0
#define PILE_IO_BYTE_CAPABILITY_NUMBER 1
#define PILE_IO_BYTE_CAPABILITY_COUNT  2 /* how many numbers the pile knows */
#define PILE_IO_S32_CAPABILITY         4

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

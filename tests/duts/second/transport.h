/* SPDX-License-Identifier: MIT */
/* transport.h: receives messages of 9 to 1785 bytes by SAE J1939-21 connections (RTS, CTS, EoMA).
 *
 *   struct transport transport = {.window = 2, .send = ..., .done = ..., .context = ...};
 *   transport_control(&transport, data, now_ms);     a TP.CM from the vehicle
 *   transport_packet(&transport, data, now_ms);      a TP.DT
 *   transport_time(&transport, now_ms);              now and then: gives up what stands still
 *
 * A CTS asks for no more than window packets, however many the sender would send at once. A packet
 * out of order is asked for again, three times. A new RTS takes the place of what was under way:
 * the vehicle has one connection to the charger, so it has given up the older. */
#ifndef SECOND_TRANSPORT_H
#define SECOND_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRANSPORT_MAX 1785

struct transport {
    uint8_t window;
    void (*send)(void *context, const uint8_t control[8]);
    void (*done)(void *context, uint32_t pgn, const uint8_t *bytes, size_t length);
    void *context;
    bool open;
    uint32_t pgn;
    size_t length;
    unsigned packets, next, asked_to; /* next: awaited; asked_to: last of this CTS */
    unsigned most_at_once, repeats;
    uint32_t deadline_ms;
    uint8_t bytes[TRANSPORT_MAX + 7];
};

void transport_control(struct transport *transport, const uint8_t data[8], uint32_t now_ms);
void transport_packet(struct transport *transport, const uint8_t data[8], uint32_t now_ms);
void transport_time(struct transport *transport, uint32_t now_ms);

#endif

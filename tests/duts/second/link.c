/* SPDX-License-Identifier: MIT */
/* link.c: what the vehicle says. Frames of others on the bus are passed over. */
#include "charger.h"

static void tell(struct charger *charger, uint32_t news) {
    rtos_flags_set(&charger->news, news);
}

static void take_bro(struct charger *charger, const uint8_t *bytes, size_t length) {
    if (!bro_read(bytes, length, &charger->vehicle.bro)) {
        return;
    }
    tell(charger, NEWS_BRO);
    if (charger->vehicle.bro == BRO_READY) {
        charger->vehicle.bro_ready_ms = now_ms(charger);
        tell(charger, NEWS_BRO_READY);
    }
}

static void take_bcl(struct charger *charger, const uint8_t *bytes, size_t length) {
    if (bcl_read(bytes, length, &charger->vehicle.bcl)) {
        charger->vehicle.bcl_ms = now_ms(charger);
        tell(charger, NEWS_BCL);
    }
}

static void take_short(struct charger *charger, uint32_t pgn, const uint8_t *bytes, size_t length) {
    struct vehicle *vehicle = &charger->vehicle;
    if (pgn == PGN_BHM && bhm_read(bytes, length, &vehicle->bhm_mv)) {
        tell(charger, NEWS_BHM);
    } else if (pgn == PGN_BRO) {
        take_bro(charger, bytes, length);
    } else if (pgn == PGN_BCL) {
        take_bcl(charger, bytes, length);
    } else if (pgn == PGN_BSM) {
        bsm_read(bytes, length, &vehicle->bsm);
    } else if (pgn == PGN_BST && length == 4) {
        tell(charger, NEWS_BST);
    } else if (pgn == PGN_BSD && length == 7) {
        vehicle->bsd_ms = now_ms(charger);
        tell(charger, NEWS_BSD);
    } else if (pgn == PGN_BEM && length == 4) {
        tell(charger, NEWS_BEM);
    }
}

static void take_long(void *context, uint32_t pgn, const uint8_t *bytes, size_t length) {
    struct charger *charger = context;
    if (pgn == PGN_BRM && brm_read(bytes, length)) {
        tell(charger, NEWS_BRM);
    } else if (pgn == PGN_BCP && bcp_read(bytes, length, &charger->vehicle.bcp)) {
        tell(charger, NEWS_BCP);
    } else if (pgn == PGN_BCS && bcs_read(bytes, length, &charger->vehicle.bcs)) {
        charger->vehicle.bcs_ms = now_ms(charger);
        tell(charger, NEWS_BCS);
    } /* BMV, BMT, BSP: received, not used */
}

static void send_control(void *context, const uint8_t control[8]) {
    const struct charger *charger = context;
    struct dut_can_frame frame = {.id = ID_TP_CM, .len = 8};
    for (unsigned i = 0; i < 8; i++) {
        frame.data[i] = control[i];
    }
    charger->host->can_send(charger->host->ctx, DUT_NET_VEHICLE, &frame);
}

static void take(struct charger *charger, const struct dut_can_frame *frame) {
    uint32_t pgn;
    if (!id_from_vehicle(frame->id, &pgn)) {
        return;
    }
    if (pgn == PGN_TP_CM && frame->len == 8) {
        transport_control(&charger->transport, frame->data, now_ms(charger));
    } else if (pgn == PGN_TP_DT && frame->len == 8) {
        transport_packet(&charger->transport, frame->data, now_ms(charger));
    } else {
        take_short(charger, pgn, frame->data, frame->len);
    }
}

void link_task(void *argument) {
    struct charger *charger = argument;
    struct dut_can_frame frame;
    charger->transport = (struct transport){
        .window = (uint8_t)charger->param[PARAM_WINDOW],
        .send = send_control,
        .done = take_long,
        .context = charger,
    };
    for (;;) {
        if (rtos_receive(&charger->frames, &frame, 1)) {
            take(charger, &frame);
        }
        transport_time(&charger->transport, now_ms(charger));
    }
}

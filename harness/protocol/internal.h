/* SPDX-License-Identifier: MIT */
/* internal.h: reading (judge.c) and telling (judgement.c). */
#ifndef HARNESS_PROTOCOL_INTERNAL_H
#define HARNESS_PROTOCOL_INTERNAL_H

#include "harness/protocol/judge.h"
#include "harness/protocol/stillness.h"
#include "harness/protocol/twice.h"
#include "vehicle_bms/listen/edition.h"

#define REMARKS_MAX (CAPTURE_DAMAGES_MAX + 18) /* each of the remark_on_... at once */
#define REMARK_TEXT 280

struct remark {
    char zh[REMARK_TEXT], en[REMARK_TEXT];
};

struct protocol_judge {
    const struct protocol_options *options; /* while reading only */
    struct capture *capture;
    struct rules *rules;
    struct capture_mask *mask; /* NULL: none */
    char network[CAPTURE_NETWORK_MAX];
    enum edition edition;        /* judged by */
    struct edition_guess likely; /* as the frames look */
    bool only, only_charger;     /* frames of one side only */
    bool several;                /* more than one network in the file */
    bool clock;                  /* good for anything */
    bool cut_frame;              /* the last one, at the end of the file, was not whole */
    struct stillness still;      /* of the network */
    struct twice twice;          /* of the network, which frames are copies */
    uint64_t right, swapped;     /* messages from their side's address, from the other side's */
    bool started;                /* a frame has been judged */
    int64_t at_ns;               /* of the last frame, on a clock that never goes back */
    int64_t ahead_ns;            /* that clock against the file's */
    int64_t file_ns;             /* of the last frame, as the file has it */
    int64_t start_ns;
    uint64_t frames, gaps_seen; /* frames: copies are none */
    /* What the judgement's pointers point to. */
    struct judgement judgement;
    char *file;
    struct capture_text dialect;
    char started_text[48];
    struct judgement_proof remarks[REMARKS_MAX];
    struct remark remark_texts[REMARKS_MAX];
    size_t remark_count;
    struct judgement_session *sessions;
    struct judgement_rule *result_rules;
    struct judgement_phase *phases;
    struct judgement_proof *proofs;
};

/* Fills judge->judgement from the finished rules and the capture's health. */
void protocol_tell(struct protocol_judge *judge, const char *path);

#endif

/* SPDX-License-Identifier: MIT */
/* internal.h: a format to write is one struct of functions; they put bytes into the writer's
 * buffer, which goes to the file when it is full. */
#ifndef HARNESS_CAPTURE_WRITER_INTERNAL_H
#define HARNESS_CAPTURE_WRITER_INTERNAL_H

#include "harness/capture/writer/writer.h"

#define WRITER_NETWORKS 64u

struct blf_file;

struct writer_network {
    char name[CAPTURE_NETWORK_MAX];
    unsigned channel; /* ASC, BLF, TRC; from 1 */
};

struct writer_format {
    void (*frame)(struct capture_writer *writer, const struct capture_frame *frame, size_t network);
    void (*end)(struct capture_writer *writer); /* may be NULL */
    /* A network seen for the first time, before its first frame; may be NULL. */
    void (*network)(struct capture_writer *writer, size_t network);
};

extern const struct writer_format writer_candump, writer_asc, writer_pcapng, writer_blf, writer_csv;
extern const struct writer_format writer_trc;

void writer_put(struct capture_writer *writer, const void *bytes, size_t size);
/* As printf; of formats that are text. A line longer than 199 bytes is a programming error (assertion). */
void writer_line(struct capture_writer *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const struct writer_network *writer_network(const struct capture_writer *writer, size_t index);
bool writer_first(const struct capture_writer *writer); /* nothing was put yet */
/* What the format's own times count from; set at the first frame. */
int64_t *writer_base_ns(struct capture_writer *writer);
/* Of the format's own: frames that it has numbered; what it keeps until its end, where it frees it. */
uint64_t *writer_count(struct capture_writer *writer);
struct blf_file **writer_own(struct capture_writer *writer);

#endif

/* SPDX-License-Identifier: MIT */
/* scan.h: the position finder of json.h: a strict pass over a JSON text.
 *
 *   struct json_scan scan = {.bytes = text, .size = size};
 *   if (!json_scan(&scan)) complain(scan.fault_at, scan.fault);
 *   ... scan.places, scan.place_count; free(scan.places);
 *
 * Values are noted in the order in which they begin, which is the order of a walk through the
 * parsed tree. */
#ifndef HARNESS_JSON_SCAN_H
#define HARNESS_JSON_SCAN_H

#include "harness/json/json.h"

struct json_scan {
    const char *bytes;
    size_t size;
    size_t at;
    int depth;
    struct json_place *places;
    size_t place_count, place_space;
    size_t fault_at;
    char fault[160];
};

bool json_scan(struct json_scan *scan);
/* Offset of the first byte that is not UTF-8; size if there is none. */
size_t json_scan_utf8(const char *bytes, size_t size);
/* Offset in the text of the n-th byte of the string value that begins at `string`. */
size_t json_scan_inside(const char *bytes, size_t size, size_t string, size_t n);

#endif

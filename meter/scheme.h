/* SPDX-License-Identifier: MIT */
/* scheme.h: the identifiers of DL/T 645-2007 annex A as the grammar they are, for identifiers.c.
 *
 *   if (meter_scheme(0x00020102, found)) ...       reverse active energy, tariff 1, settlement day -2
 *
 * Lengths and decimals are those of the standard; types of meters are identifiers.c's. */
#ifndef METER_SCHEME_H
#define METER_SCHEME_H

#include "meter/identifiers.h"

/* False: nothing is known of that identifier's format. */
bool meter_scheme(uint32_t di, struct meter_found *found);

#endif

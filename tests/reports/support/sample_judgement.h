/* SPDX-License-Identifier: MIT */
/* sample_judgement.h: a judgement with something of everything: two charges, rules of every verdict,
 * texts that need escaping. */
#ifndef TESTS_REPORTS_SUPPORT_SAMPLE_JUDGEMENT_H
#define TESTS_REPORTS_SUPPORT_SAMPLE_JUDGEMENT_H

#include "reports/judgement/judgement.h"

struct judgement sample_judgement(void);

#endif

/* SPDX-License-Identifier: MIT */
/* Keeps asking to be run again at once. */
#define MISBEHAVE() return now_ns
#include "misbehave.h"

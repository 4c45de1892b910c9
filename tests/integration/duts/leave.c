/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#define MISBEHAVE() exit(0)
#include "misbehave.h"

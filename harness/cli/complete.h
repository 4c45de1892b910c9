/* SPDX-License-Identifier: MIT */
/* complete.h: what a shell can put where the cursor stands. The scripts that `pilebench completion`
 * prints ask `pilebench --complete INDEX WORD...`; a line is a word that fits, "@file" or "@folder" that
 * the shell itself shall look for one. */
#ifndef HARNESS_CLI_COMPLETE_H
#define HARNESS_CLI_COMPLETE_H

#define COMPLETE_WORD "--complete"

/* argv: the index of the word at the cursor, then the words of the line, "pilebench" the first of them.
 * Returns an exit code. */
int complete_words(int argc, char **argv);

#endif

/* SPDX-License-Identifier: MIT */
/* frames.h: finds the frames of a DL/T 645 line in text, whatever wrote it: terminal programs, logs,
 * dumps, exports of logic analysers, literals of programming languages.
 *
 *   struct text_frames *frames = text_frames_new(&parser);      a meter_parser, with its callbacks
 *   text_frames_line(frames, bytes, length);                    line by line, without its end
 *   text_frames_end(frames);                                    frees it
 *
 * The parser is given the bytes that were found, in order, each with its line number (from 1) as time.
 *
 * What is a byte and what an index, a length or a time cannot be told by a word alone. A frame can: it
 * has its 68 twice, a length, an end and a sum. So at each 68 the words are read in several ways, the
 * plainest first (enum reading in frames.c), until one makes a whole frame; it may go on over lines.
 * Bytes in no frame are told as damage where they stand in a row or alone in their line.
 *
 * Memory does not grow with the text, only with its longest line. */
#ifndef METER_TEXT_FRAMES_H
#define METER_TEXT_FRAMES_H

#include "meter/frame.h"

#include <stddef.h>
#include <stdint.h>

struct text_frames;

struct text_frames *text_frames_new(struct meter_parser *parser);
void text_frames_line(struct text_frames *frames, const uint8_t *bytes, size_t length);
void text_frames_end(struct text_frames *frames);

#endif

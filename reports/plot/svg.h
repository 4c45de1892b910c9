/* SPDX-License-Identifier: MIT */
/* svg.h: turns what PLplot's svg driver writes into a small piece of SVG to put inside a page.
 *
 *   svg_clean(&page, plplot_output, &look);
 *
 * PLplot writes a whole XML file, an element for every tick, text as character references inside
 * mirrored groups, and ids that collide when two drawings share a page. Out of it come: one svg
 * element with a viewBox and an aria-label, strokes of one colour and width joined to one path
 * with coordinates of a tenth, texts as texts. Everything drawn is kept; nothing is added but the
 * attributes that go with a colour (dashes, a class).
 *
 * A label "中文|name" becomes a Chinese part that a page can hide, and the rest; "中文||English"
 * hides one or the other. */
#ifndef REPORTS_PLOT_SVG_H
#define REPORTS_PLOT_SVG_H

#include "sim/text/buffer.h"

struct svg_colour {
    unsigned rgb;           /* as PLplot was told */
    const char *attributes; /* put on what has this colour: "stroke-dasharray='5 3'"; or NULL */
};

struct svg_look {
    double width, height; /* of the page PLplot drew on */
    const char *style;    /* a class beside "plot"; NULL: none */
    const char *label;    /* aria-label, UTF-8 */
    const char *hints;    /* SVG put over what is drawn, not drawn itself; NULL: none */
    const struct svg_colour *colours;
    size_t colour_count;
};

/* False: this is not what PLplot's svg driver writes; nothing was put. */
bool svg_clean(struct buffer *out, const char *plplot_svg, const struct svg_look *look);

#endif

/* SPDX-License-Identifier: MIT */
#include "reports/plot/svg.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ATTRIBUTE_SIZE 160

struct cleaning {
    struct buffer *out;
    const struct svg_look *look;
    /* The path being joined: lines of one stroke and width, or areas of one fill (its width is ""). */
    bool open;
    char stroke[16], width[16];
    char texts[80];      /* what those of the open group of texts share; "": none is open */
    double pen_x, pen_y; /* in tenths */
};

/* ------------------------------------------------------------------ reading elements */

/* The element's attribute, as between its quotes; NULL if the element (up to its '>') has none.
 * The result points into the text; its length is told. */
static const char *attribute(const char *element, const char *name, size_t *length) {
    const char *end = strchr(element, '>');
    size_t name_length = strlen(name);
    for (const char *at = element; end != NULL && at < end; at++) {
        if ((at[-1] == ' ' || at[-1] == '\n') && strncmp(at, name, name_length) == 0 &&
            at[name_length] == '=' && at[name_length + 1] == '"') {
            const char *value = at + name_length + 2;
            const char *quote = strchr(value, '"');
            if (quote == NULL) {
                return NULL;
            }
            *length = (size_t)(quote - value);
            return value;
        }
    }
    return NULL;
}

static bool copy_attribute(const char *element, const char *name, char *into, size_t size) {
    size_t length;
    const char *value = attribute(element, name, &length);
    if (value == NULL || length >= size) {
        return false;
    }
    memcpy(into, value, length);
    into[length] = '\0';
    return true;
}

static const char *attributes_of(const struct cleaning *cleaning, const char *colour) {
    assert(colour[0] == '#');
    unsigned rgb = (unsigned)strtoul(colour + 1, NULL, 16);
    for (size_t i = 0; i < cleaning->look->colour_count; i++) {
        const struct svg_colour *one = &cleaning->look->colours[i];
        if (one->rgb == rgb && one->attributes != NULL) {
            return one->attributes;
        }
    }
    return "";
}

/* ------------------------------------------------------------------ strokes and areas */

/* Tenths without what a reader of SVG can do without: "12.3", ".5", "-4". */
static void put_tenths(struct buffer *out, double tenths) {
    char number[32];
    long value = lround(tenths);
    long whole = labs(value) / 10;
    long rest = labs(value) % 10;
    if (rest == 0) {
        snprintf(number, sizeof number, "%s%ld", value < 0 ? "-" : "", whole);
    } else if (whole == 0) {
        snprintf(number, sizeof number, "%s.%ld", value < 0 ? "-" : "", rest);
    } else {
        snprintf(number, sizeof number, "%s%ld.%ld", value < 0 ? "-" : "", whole, rest);
    }
    /* A minus or a point also separates; the first number after a letter needs nothing. */
    assert(out->length > 0 && rest < 10);
    char last = out->chars[out->length - 1];
    bool digit_before = last >= '0' && last <= '9';
    if (digit_before && number[0] != '-') {
        buffer_put(out, " ");
    }
    buffer_put(out, number);
}

static void close_path(struct cleaning *cleaning) {
    if (cleaning->open) {
        buffer_put(cleaning->out, "\"/>\n");
        cleaning->open = false;
    }
}

static void close_texts(struct cleaning *cleaning) {
    if (cleaning->texts[0] != '\0') {
        buffer_put(cleaning->out, "</g>\n");
        cleaning->texts[0] = '\0';
    }
}

static void open_path(struct cleaning *cleaning, const char *stroke, const char *width) {
    if (cleaning->open && strcmp(stroke, cleaning->stroke) == 0 &&
        strcmp(width, cleaning->width) == 0) {
        return;
    }
    close_path(cleaning);
    close_texts(cleaning);
    snprintf(cleaning->stroke, sizeof cleaning->stroke, "%s", stroke);
    snprintf(cleaning->width, sizeof cleaning->width, "%s", width);
    if (width[0] == '\0') {
        buffer_format(cleaning->out, "<path fill=\"%s\"%s d=\"", stroke,
                      attributes_of(cleaning, stroke));
    } else {
        buffer_format(cleaning->out, "<path stroke=\"%s\" stroke-width=\"%.3g\"%s d=\"", stroke,
                      strtod(width, NULL), attributes_of(cleaning, stroke));
    }
    cleaning->open = true;
    cleaning->pen_x = cleaning->pen_y = -1e9;
}

static void put_step(struct cleaning *cleaning, double x, double y) {
    double dx = x - cleaning->pen_x;
    double dy = y - cleaning->pen_y;
    assert(cleaning->pen_x > -1e9); /* the path has begun somewhere */
    struct buffer *out = cleaning->out;
    if (dx == 0 && dy == 0) { /* whole tenths: exact */
        return;
    }
    if (dy == 0) {
        buffer_put(out, "h");
        put_tenths(out, dx);
    } else if (dx == 0) {
        buffer_put(out, "v");
        put_tenths(out, dy);
    } else {
        buffer_put(out, "l");
        put_tenths(out, dx);
        put_tenths(out, dy);
    }
}

static const char *take_point(const struct cleaning *cleaning, const char *at, double *x,
                              double *y) {
    char *after;
    *x = round(strtod(at, &after) * 10);
    if (after == at || *after != ',') {
        return NULL;
    }
    const char *second = after + 1;
    *y = round((cleaning->look->height - strtod(second, &after)) * 10);
    return after == second ? NULL : after;
}

/* The points of a polyline, appended to the open path. */
static void put_points(struct cleaning *cleaning, const char *points, bool area) {
    double x, y;
    bool first = true;
    while ((points = take_point(cleaning, points, &x, &y)) != NULL) {
        bool here = x == cleaning->pen_x && y == cleaning->pen_y;
        if (first && (area || !here)) {
            assert(cleaning->open);
            buffer_put(cleaning->out, "M");
            put_tenths(cleaning->out, x);
            put_tenths(cleaning->out, y);
        } else if (!first) {
            put_step(cleaning, x, y);
        }
        cleaning->pen_x = x;
        cleaning->pen_y = y;
        first = false;
    }
    if (area) {
        buffer_put(cleaning->out, "z");
    }
}

static bool clean_polyline(struct cleaning *cleaning, const char *element) {
    char fill[16], stroke[16], width[16];
    size_t length;
    const char *points = attribute(element, "points", &length);
    if (points == NULL || !copy_attribute(element, "fill", fill, sizeof fill)) {
        return false;
    }
    if (strcmp(fill, "none") != 0) {
        open_path(cleaning, fill, "");
        put_points(cleaning, points, true);
        return true;
    }
    if (!copy_attribute(element, "stroke", stroke, sizeof stroke) ||
        !copy_attribute(element, "stroke-width", width, sizeof width)) {
        return false;
    }
    open_path(cleaning, stroke, width);
    put_points(cleaning, points, false);
    return true;
}

/* ------------------------------------------------------------------ texts */

static void put_utf8(struct buffer *out, unsigned long code) {
    char bytes[5] = {0};
    assert(code > 0 && code <= 0x10FFFF);
    if (code < 0x80) {
        bytes[0] = (char)code;
    } else if (code < 0x800) {
        bytes[0] = (char)(0xC0 | (code >> 6));
        bytes[1] = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xE0 | (code >> 12));
        bytes[1] = (char)(0x80 | ((code >> 6) & 0x3F));
        bytes[2] = (char)(0x80 | (code & 0x3F));
    } else {
        bytes[0] = (char)(0xF0 | ((code >> 18) & 7));
        bytes[1] = (char)(0x80 | ((code >> 12) & 0x3F));
        bytes[2] = (char)(0x80 | ((code >> 6) & 0x3F));
        bytes[3] = (char)(0x80 | (code & 0x3F));
    }
    buffer_put(out, bytes);
}

/* The characters inside an element's tspans. */
static char *characters(const char *element) {
    struct buffer plain = {0};
    const char *end = strstr(element, "</text>");
    bool inside = false;
    for (const char *at = strchr(element, '>'); end != NULL && at != NULL && at < end;) {
        if (strncmp(at, "&#x", 3) == 0) {
            char *after;
            put_utf8(&plain, strtoul(at + 3, &after, 16));
            at = after + (*after == ';');
        } else if (*at == '<' || *at == '>') {
            inside = *at++ == '>';
        } else {
            if (inside) {
                buffer_put_bytes(&plain, at, 1);
            }
            at++;
        }
    }
    return buffer_take(&plain);
}

/* "中文|name", "中文||English", or as it is. */
static void put_label(struct buffer *out, char *label) {
    char *bar = strchr(label, '|');
    if (bar == NULL) {
        buffer_put_markup(out, label);
        return;
    }
    bool english = bar[1] == '|';
    *bar = '\0';
    buffer_put(out, "<tspan class=\"z\">");
    buffer_put_markup(out, label);
    buffer_put(out, english ? "</tspan><tspan class=\"e\">\xE2\x80\x82" : " </tspan>");
    buffer_put_markup(out, bar + (english ? 2 : 1));
    buffer_put(out, english ? "</tspan>" : "");
}

/* Those that follow one another and look the same are in one group. */
static void open_texts(struct cleaning *cleaning, const char *fill, const char *size,
                       const char *anchor) {
    char shared[sizeof cleaning->texts];
    bool at_start = strcmp(anchor, "start") == 0;
    int length =
        snprintf(shared, sizeof shared, "fill=\"%s\" font-size=\"%s\"%s%s%s", fill, size,
                 at_start ? "" : " text-anchor=\"", at_start ? "" : anchor, at_start ? "" : "\"");
    assert(length > 0 && (size_t)length < sizeof shared);
    (void)length;
    if (strcmp(shared, cleaning->texts) != 0) {
        close_texts(cleaning);
        buffer_format(cleaning->out, "<g %s>\n", shared);
        memcpy(cleaning->texts, shared, sizeof shared);
    }
}

static bool clean_text(struct cleaning *cleaning, const char *element) {
    char fill[16], size[16], anchor[16], transform[ATTRIBUTE_SIZE], shift[24];
    double a, b, c, d, x, y;
    if (!copy_attribute(element, "fill", fill, sizeof fill) ||
        !copy_attribute(element, "font-size", size, sizeof size) ||
        !copy_attribute(element, "text-anchor", anchor, sizeof anchor) ||
        !copy_attribute(element, "y", shift, sizeof shift) ||
        !copy_attribute(element, "transform", transform, sizeof transform) ||
        sscanf(transform, "matrix(%lf %lf %lf %lf %lf %lf)", &a, &b, &c, &d, &x, &y) != 6) {
        return false;
    }
    close_path(cleaning);
    y = cleaning->look->height - y;
    bool upright = fabs(b) > 0.5;
    open_texts(cleaning, fill, size, anchor);
    buffer_put(cleaning->out, "<text");
    if (upright) {
        buffer_format(cleaning->out, " transform=\"translate(%.1f %.1f) rotate(-90)\" y=\"%.1f\">",
                      x, y, strtod(shift, NULL));
    } else {
        buffer_format(cleaning->out, " x=\"%.1f\" y=\"%.1f\">", x, y + strtod(shift, NULL));
    }
    char *label = characters(element);
    put_label(cleaning->out, label);
    free(label);
    buffer_put(cleaning->out, "</text>\n");
    return true;
}

/* ------------------------------------------------------------------ the whole */

static bool clean_elements(struct cleaning *cleaning, const char *svg) {
    bool good = true;
    for (const char *at = svg; good && (at = strchr(at, '<')) != NULL; at++) {
        if (strncmp(at, "<polyline", 9) == 0) {
            good = clean_polyline(cleaning, at + 1);
        } else if (strncmp(at, "<text", 5) == 0) {
            good = clean_text(cleaning, at + 1);
        } /* clip paths, groups and the background go */
    }
    close_path(cleaning);
    close_texts(cleaning);
    return good;
}

bool svg_clean(struct buffer *out, const char *plplot_svg, const struct svg_look *look) {
    assert(look->width > 0 && look->height > 0);
    const char *start = strstr(plplot_svg, "<svg");
    if (start == NULL || strstr(start, "</svg>") == NULL) {
        return false;
    }
    struct buffer drawn = {0};
    buffer_format(&drawn,
                  "<svg class=\"plot%s%s\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" fill=\"none\" "
                  "font-family=\"Noto Sans,Arial,Noto Sans CJK SC,WenQuanYi Micro Hei,sans-serif\" "
                  "stroke-linejoin=\"round\" aria-label=\"",
                  look->style != NULL ? " " : "", look->style != NULL ? look->style : "",
                  look->width, look->height);
    buffer_put_markup(&drawn, look->label);
    buffer_put(&drawn, "\">\n");
    struct cleaning cleaning = {.out = &drawn, .look = look};
    bool good = clean_elements(&cleaning, start);
    assert(!cleaning.open);
    if (look->hints != NULL) {
        buffer_put(&drawn, "<g class=\"hints\" pointer-events=\"all\">\n");
        buffer_put(&drawn, look->hints);
        buffer_put(&drawn, "</g>\n");
    }
    buffer_put(&drawn, "</svg>\n");
    if (good) {
        buffer_put(out, drawn.chars);
    }
    buffer_free(&drawn);
    return good;
}

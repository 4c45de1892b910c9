/* SPDX-License-Identifier: MIT */
#include "harness/capture/health_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

struct complaint {
    FILE *stream;
    const char *path;
    bool chinese;
    int lines;
};

static void print_line(struct complaint *complaint, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void print_line(struct complaint *complaint, uint64_t line, const char *format, ...) {
    fprintf(complaint->stream, "pilebench: %s:", complaint->path);
    if (line > 0) {
        fprintf(complaint->stream, "%" PRIu64 ":", line);
    }
    fputc(' ', complaint->stream);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(complaint->stream, format, arguments);
    va_end(arguments);
    fputc('\n', complaint->stream);
    complaint->lines++;
}

const char *capture_unit(enum capture_format format) {
    return format == CAPTURE_BLF || format == CAPTURE_PCAPNG ? "record" : "line";
}

static const char *unit_zh(enum capture_format format) {
    return strcmp(capture_unit(format), "line") == 0 ? "行" : "条记录";
}

bool capture_columns_doubtful(const struct capture_health *health) {
    return health->format == CAPTURE_CSV && health->damaged > health->frames;
}

static const char *text_in(const struct complaint *complaint, const struct capture_text *text) {
    return complaint->chinese ? text->zh : text->en;
}

static void print_damage_sum(struct complaint *complaint, const struct capture_health *health) {
    if (complaint->chinese) {
        print_line(complaint, 0, "%" PRIu64 "%s损坏，未读取；读取了%" PRIu64 "帧", health->damaged,
                   unit_zh(health->format), health->frames);
    } else {
        print_line(complaint, 0, "%" PRIu64 " damaged %s%s left out; %" PRIu64 " frames were read",
                   health->damaged, capture_unit(health->format),
                   health->damaged == 1 ? " was" : "s were", health->frames);
    }
}

static void print_damages(struct complaint *complaint, const struct capture_health *health) {
    const uint64_t all = health->damaged + health->losses;
    const bool zh = complaint->chinese;
    for (size_t i = 0; i < health->damage_count; i++) {
        print_line(complaint, health->damages[i].line, "%s",
                   text_in(complaint, &health->damages[i].what));
    }
    if (all > health->damage_count) {
        print_line(complaint, 0,
                   zh ? "另有%" PRIu64 "处类似情况" : "and %" PRIu64 " more places like these",
                   all - health->damage_count);
    }
    if (health->damaged > 0) {
        print_damage_sum(complaint, health);
    }
    if (capture_columns_doubtful(health)) {
        print_line(
            complaint, 0, "%s",
            zh ? "多数行无法读取：若列判断有误，请说明各列位置，例如--columns "
                 "id=2,data=6,time=1"
               : "most lines could not be read: if the columns were mistaken, say where they "
                 "are, for example --columns id=2,data=6,time=1");
    }
}

static void print_steps_back(struct complaint *complaint, const struct capture_health *health) {
    const bool more = health->steps_back > 1;
    if (complaint->chinese) {
        print_line(complaint, health->first_back_line,
                   "时间在此%s倒退：一个文件中有多次记录，或时钟被调整", more ? "首次" : "");
    } else {
        print_line(
            complaint, health->first_back_line,
            "the clock goes backwards here%s: several recordings in one file, or a clock that was "
            "set",
            more ? " for the first time" : "");
    }
}

static void print_clock(struct complaint *complaint, const struct capture_health *health) {
    const bool zh = complaint->chinese, none = health->clock == CLOCK_NONE;
    if (health->steps_back > 0) {
        print_steps_back(complaint, health);
    }
    if (health->frames > 1 && (none || health->clock == CLOCK_CONSTANT)) {
        const char *why = zh     ? none ? "没有可用的时间" : "所有帧的时间相同"
                          : none ? "no usable time"
                                 : "the same time on every frame";
        print_line(complaint, 0,
                   zh ? "%s：只知道帧的先后顺序" : "%s: only the order of the frames is known",
                   why);
    }
    if (health->no_clock.en[0] != '\0') {
        print_line(complaint, 0, "%s", text_in(complaint, &health->no_clock));
    }
}

static void print_other_frames(struct complaint *complaint, const struct capture_health *health) {
    const struct {
        uint64_t count;
        const char *what, *zh;
    } kinds[] = {
        {health->remote, "remote", "远程帧"},
        {health->error, "error", "错误帧"},
        {health->fd, "CAN FD", "CAN FD帧"},
        {health->other, "other", "其他帧"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].count > 0 && complaint->chinese) {
            print_line(complaint, 0, "%" PRIu64 "个%s未读取：GB/T 27930不使用", kinds[i].count,
                       kinds[i].zh);
        } else if (kinds[i].count > 0) {
            print_line(complaint, 0, "%" PRIu64 " %s frame%s left out: not of GB/T 27930",
                       kinds[i].count, kinds[i].what, kinds[i].count == 1 ? " was" : "s were");
        }
    }
}

void capture_networks(const struct capture_health *health, char *text, size_t size) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < health->network_count && used < size; i++) {
        const char *name = health->networks[i];
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s (%" PRIu64 " frame%s)",
                             i > 0 ? ", " : "", name[0] == '\0' ? "one without a name" : name,
                             health->network_frames[i], health->network_frames[i] == 1 ? "" : "s");
    }
}

/* No frame was handed out: is it that --network names one that is not there? */
static void print_no_frames(struct complaint *complaint, const struct capture_health *health) {
    const bool zh = complaint->chinese;
    char networks[256];
    capture_networks(health, networks, sizeof networks);
    if (health->network_count > 0) {
        print_line(complaint, 0,
                   zh ? "--network所指的网络没有帧；文件中有%s"
                      : "no frames on the network given with --network; the capture has %s",
                   networks);
    } else {
        print_line(complaint, 0, zh ? "文件中没有帧（%s）" : "the capture has no frames (%s)",
                   text_in(complaint, &health->dialect));
    }
}

int capture_complain(const struct capture_health *health, const char *path, bool chinese,
                     FILE *stream) {
    const char *standard_input = chinese ? "标准输入" : "standard input";
    struct complaint complaint = {.stream = stream,
                                  .path = strcmp(path, "-") == 0 ? standard_input : path,
                                  .chinese = chinese};
    print_damages(&complaint, health);
    if (health->cut) {
        print_line(&complaint, 0,
                   chinese ? "文件不完整：在一%s中间结束"
                           : "the file is cut off: it ends in the middle of a %s",
                   chinese ? unit_zh(health->format) : capture_unit(health->format));
    }
    if (health->unended_line > 0) {
        print_line(&complaint, health->unended_line, "%s",
                   chinese ? "文件在此行结束而没有换行：此帧的数据可能不完整"
                           : "the file ends here without a line end: data of this frame may be "
                             "missing");
    }
    if (health->short_data) {
        print_line(&complaint, 0, "%s",
                   chinese ? "所有帧都不超过一个数据字节：请检查data=所指的列"
                           : "no frame has more than one byte of data: is the column of the data "
                             "right?");
    }
    if (health->read_error != NULL) {
        print_line(&complaint, 0, chinese ? "读取提前结束：%s" : "reading ended early: %s",
                   health->read_error);
    }
    print_clock(&complaint, health);
    print_other_frames(&complaint, health);
    if (health->frames == 0) {
        print_no_frames(&complaint, health);
    }
    return complaint.lines;
}

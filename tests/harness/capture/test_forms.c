/* SPDX-License-Identifier: MIT */
/* Every form of capture that is kept (the corpora of the fuzz programs, the captures of
 * tests/integration): which format it is taken for, what clock it has, what is wrong with it, and its
 * frames; whole, cut off, with other line ends and as UTF-16. All of it is kept in forms.txt. */
#include "harness/capture/capture.h"

#include "harness/capture/health_text.h"
#include "harness/capture/source/source.h"
#include "tests/support/kept.h"
#include "tests/support/suite.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_SHOWN 3
#define FRAMES_MOST  100000

static FILE *to;

/* FNV-1a, 64 bits. */
static uint64_t hashed(uint64_t hash, const void *bytes, size_t size) {
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001B3);
    }
    return hash;
}

static void show_frame(const struct capture_frame *frame) {
    fprintf(to, "    %" PRIu64 " %" PRId64 " us %s %s%s %X%s", frame->line, frame->at_ns / 1000,
            frame->network, frame->sent ? "sent" : "", frame->unended ? "unended" : "",
            frame->frame.id, frame->frame.extended ? "x" : "");
    for (unsigned i = 0; i < frame->frame.len; i++) {
        fprintf(to, " %02X", frame->frame.data[i]);
    }
    fputc('\n', to);
}

static uint64_t hash_frame(uint64_t hash, const struct capture_frame *frame) {
    hash = hashed(hash, &frame->at_ns, sizeof frame->at_ns);
    hash = hashed(hash, &frame->line, sizeof frame->line);
    hash = hashed(hash, frame->network, strlen(frame->network) + 1);
    hash = hashed(hash, &frame->frame.id, sizeof frame->frame.id);
    hash = hashed(hash, &(uint8_t){frame->frame.extended}, 1);
    hash = hashed(hash, &(uint8_t){frame->sent}, 1);
    return hashed(hash, frame->frame.data, frame->frame.len);
}

static void show_health(const struct capture_health *health) {
    char networks[512];
    capture_networks(health, networks, sizeof networks);
    fprintf(to, "    %s, %s | %s; clock %s | %s by %" PRId64 " us; %s%s\n",
            capture_format_name(health->format), health->dialect.en, health->dialect.zh,
            capture_clock_text(health->clock, false), capture_clock_text(health->clock, true),
            health->resolution_ns / 1000, networks,
            capture_columns_doubtful(health) ? "; columns doubtful" : "");
    capture_complain(health, "-", false, to);
    capture_complain(health, "-", true, to);
}

/* How it is read; its frames one by one for the form as it is. */
static void read_bytes(const char *how, const uint8_t *bytes, size_t size, bool plain) {
    struct problem problem = {0};
    const struct capture_options options = {0};
    struct capture_frame frame;
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    unsigned count = 0;
    struct capture *capture = capture_from(source_memory(bytes, size), &options, &problem);
    fprintf(to, "  %s", how);
    if (capture == NULL) {
        fprintf(to, ": %s | %s\n", problem.text, problem.zh);
        return;
    }
    fputc('\n', to);
    while (count < FRAMES_MOST && capture_next(capture, &frame)) {
        hash = hash_frame(hash, &frame);
        if (count++ < FRAMES_SHOWN && plain) {
            show_frame(&frame);
        }
    }
    fprintf(to, "    %u frames, %016" PRIx64 "\n", count, hash);
    show_health(capture_health(capture));
    capture_close(capture);
}

static bool is_text(const uint8_t *bytes, size_t size) {
    return memchr(bytes, '\0', size) == NULL && memchr(bytes, '\n', size) != NULL;
}

static void with_ends(const uint8_t *bytes, size_t size, const char *how, const char *end) {
    uint8_t *changed = calloc(size + 1, 4);
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            memcpy(changed + length, end, strlen(end));
            length += strlen(end);
        } else if (bytes[i] != '\r') {
            changed[length++] = bytes[i];
        }
    }
    read_bytes(how, changed, length, false);
    free(changed);
}

/* What people and programs write in front of a table. */
static void behind_lines(const uint8_t *bytes, size_t size) {
    static const char before[] = "Site: north\nPile no. 7, gun 2\n\nTester;Li;2024\n"
                                 "a,b,c,d,e,f,g\n1,2,3,4,5,6,7\nnotes\tof\tthe\tday\n--- ---\n";
    uint8_t *changed = calloc(size + sizeof before, 1);
    memcpy(changed, before, sizeof before - 1);
    memcpy(changed + sizeof before - 1, bytes, size);
    read_bytes("behind other lines", changed, size + sizeof before - 1, false);
    free(changed);
}

/* ASCII alone: what else there is would have to be decoded first. */
static void as_utf16(const uint8_t *bytes, size_t size) {
    uint8_t *changed = calloc(size + 1, 2);
    size_t length = 2;
    memcpy(changed, "\xFF\xFE", 2);
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] >= 0x80) {
            free(changed);
            return;
        }
        changed[length++] = bytes[i];
        changed[length++] = 0;
    }
    read_bytes("as UTF-16", changed, length, false);
    free(changed);
}

static void read_form(const char *name, const uint8_t *bytes, size_t size) {
    fprintf(to, "%s\n", name);
    read_bytes("as it is", bytes, size, true);
    read_bytes("cut", bytes, size * 3 / 4, false);
    if (size < 4096 && is_text(bytes, size)) {
        with_ends(bytes, size, "with CR", "\r");
        with_ends(bytes, size, "with CR CR LF", "\r\r\n");
        with_ends(bytes, size, "with empty lines", "\n\n");
        behind_lines(bytes, size);
        as_utf16(bytes, size);
    }
}

static int no_dots(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name); /* in every locale the same */
}

static void read_folder(const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, no_dots, by_bytes);
    ck_assert_int_gt(count, 0);
    for (int i = 0; i < count; i++) {
        static uint8_t bytes[1 << 16];
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        FILE *file = fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        read_form(entries[i]->d_name, bytes, fread(bytes, 1, sizeof bytes, file));
        fclose(file);
        free(entries[i]);
    }
    free(entries);
}

START_TEST(every_form) {
    static const char *const folders[] = {"tests/fuzz/corpus/capture_text", "tests/fuzz/corpus/asc",
                                          "tests/fuzz/corpus/blf", "tests/fuzz/corpus/pcapng",
                                          "tests/integration/captures"};
    struct kept kept;
    kept_open(&kept);
    to = kept.stream;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char folder[512];
        snprintf(folder, sizeof folder, TEST_SOURCE_DIR "/%s", folders[i]);
        read_folder(folder);
    }
    kept_check(&kept, TEST_SOURCE_DIR "/tests/harness/capture/forms.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("capture_forms");
    TCase *tests = tcase_create("forms");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_form);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}

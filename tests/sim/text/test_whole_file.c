/* SPDX-License-Identifier: MIT */
/* A file is whole or not there; links stay links, devices stay devices. */
#include "sim/text/whole_file.h"

#include "tests/support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/whole-file-XXXXXX";

static void enter_folder(void) {
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void) {
    static const char *const names[] = {"a", "a.part", "link", "pipe", "pipe.part"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        unlink(names[i]);
    }
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
}

static void check_content(const char *path, const char *wanted) {
    char text[64] = "";
    if (wanted == NULL) { /* it has its name, or is no regular file */
        return;
    }
    int fd = open(path, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(read(fd, text, sizeof text - 1), 0);
    close(fd);
    ck_assert_str_eq(text, wanted);
}

static void put(const char *path, const char *text, bool good) {
    struct whole_file file;
    struct problem problem = {0};
    ck_assert_msg(whole_file_open(&file, path, &problem), "%s", problem.text);
    whole_file_put(&file, text, strlen(text));
    file.error = good ? 0 : EIO;
    ck_assert(whole_file_finish(&file) == good);
    check_content(whole_file_written(&file), good ? NULL : text);
    whole_file_remove(&file);
    whole_file_free(&file);
}

static mode_t kind_of(const char *path) {
    struct stat found;
    return lstat(path, &found) == 0 ? found.st_mode & S_IFMT : 0;
}

START_TEST(a_file_is_whole_or_the_former_one) {
    put("a", "first", true);
    check_content("a", "first");
    put("a", "second", false);
    check_content("a", "first");
    ck_assert_int_eq(access("a.part", F_OK), -1);
    put("a", "third", true);
    check_content("a", "third");
}
END_TEST

START_TEST(a_link_stays_a_link) {
    put("a", "first", true);
    ck_assert_int_eq(symlink("a", "link"), 0);
    put("link", "second", true);
    ck_assert_uint_eq(kind_of("link"), S_IFLNK);
    check_content("a", "second");
}
END_TEST

START_TEST(a_pipe_stays_a_pipe) {
    char text[8] = "";
    ck_assert_int_eq(mkfifo("pipe", 0600), 0);
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    put("pipe", "first", true);
    ck_assert_uint_eq(kind_of("pipe"), S_IFIFO);
    ck_assert_int_eq(read(reader, text, sizeof text - 1), 5);
    ck_assert_str_eq(text, "first");
    close(reader);
}
END_TEST

START_TEST(a_folder_cannot_be_written) {
    struct whole_file file;
    struct problem problem = {0};
    ck_assert(!whole_file_open(&file, ".", &problem));
    ck_assert_str_eq(problem.text, "cannot write .: Is a directory");
    ck_assert(!whole_file_open(&file, "none/a", &problem));
}
END_TEST

/* The lowest number that no file has. */
static int free_descriptor(void) {
    int fd = open("/dev/null", O_RDONLY);
    ck_assert_int_ge(fd, 0);
    close(fd);
    return fd;
}

/* A run writes hundreds of files: none of them, and no folder, is left open. */
START_TEST(nothing_stays_open) {
    int before = free_descriptor();
    put("a", "one", true);
    put("a", "two", false);
    ck_assert_int_eq(symlink("a", "link"), 0);
    put("link", "three", true);
    ck_assert_int_eq(free_descriptor(), before);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("whole_file");
    TCase *tcase = tcase_create("whole_file");
    tcase_add_checked_fixture(tcase, enter_folder, leave_folder);
    tcase_add_test(tcase, a_file_is_whole_or_the_former_one);
    tcase_add_test(tcase, a_link_stays_a_link);
    tcase_add_test(tcase, a_pipe_stays_a_pipe);
    tcase_add_test(tcase, a_folder_cannot_be_written);
    tcase_add_test(tcase, nothing_stays_open);
    suite_add_tcase(suite, tcase);
    return suite_main(suite);
}

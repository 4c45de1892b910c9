/* SPDX-License-Identifier: MIT */
#include "sim/text/digest.h"

#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect(const char *bytes, size_t length, const char *wanted) {
    char digest[DIGEST_SIZE];
    digest_bytes(bytes, length, digest);
    ck_assert_str_eq(digest, wanted);
}

/* FIPS 180-4, examples of NIST for SHA-256: one block, two blocks, a million times "a"; and nothing at all. */
START_TEST(it_is_sha_256) {
    expect("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *two = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    expect(two, strlen(two), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *many = malloc(1000000);
    memset(many, 'a', 1000000);
    expect(many, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(many);
    expect("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
END_TEST

START_TEST(a_file_has_that_of_its_bytes_and_what_is_none_has_none) {
    char path[] = "digest-XXXXXX", digest[DIGEST_SIZE];
    struct problem problem = {0};
    uint64_t size = 0;
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, "abc", 3), 3);
    close(fd);
    ck_assert(digest_file(path, digest, &size, &problem));
    ck_assert_str_eq(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_uint_eq(size, 3);
    unlink(path);
    ck_assert(!digest_file(path, digest, &size, &problem));
    ck_assert_str_eq(digest, "");
    ck_assert_ptr_nonnull(strstr(problem.text, "No such file"));
    ck_assert(!digest_file("/dev/zero", digest, NULL, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "it is not a file"));
}
END_TEST

START_TEST(what_is_a_digest) {
    ck_assert(digest_is("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    ck_assert(!digest_is("BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    ck_assert(!digest_is("ba7816"));
    ck_assert(!digest_is(""));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("digest");
    TCase *tests = tcase_create("digest");
    tcase_add_test(tests, it_is_sha_256);
    tcase_add_test(tests, a_file_has_that_of_its_bytes_and_what_is_none_has_none);
    tcase_add_test(tests, what_is_a_digest);
    suite_add_tcase(suite, tests);
    return suite_main(suite);
}

/* SPDX-License-Identifier: MIT */
#include "harness/cli/evidence/signature.h"

#include "sim/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOL      "ssh-keygen"
#define NAME_SIZE 256

extern char **environ;

/* The tool's output goes to the pipe, its complaints nowhere. False: it could not be started. */
static bool start(char *const *words, const char *input, int output, pid_t *pid) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, input, O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(pid, words[0], &files, NULL, words, environ);
    posix_spawn_file_actions_destroy(&files);
    return error == 0;
}

/* Its exit code, -1: it could not be started; the first line that it says. */
static int run(char *const *words, const char *input, char line[NAME_SIZE]) {
    int ends[2], status = -1;
    pid_t pid;
    line[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    bool started = start(words, input, ends[1], &pid);
    close(ends[1]);
    FILE *said = fdopen(ends[0], "re");
    if (said != NULL) {
        if (fgets(line, NAME_SIZE, said) != NULL) {
            line[strcspn(line, "\r\n")] = '\0';
        }
        while (fgetc(said) != EOF) { /* it shall not die of a closed pipe */
        }
        fclose(said);
    }
    while (started && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return started && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void no_tool(struct verification *found) {
    verify_add(found, VERIFY_UNCHECKED, MANIFEST_SIGNATURE, NULL,
               "the signature cannot be checked: there is no " TOOL " (package openssh-client)",
               "无法检查签名：没有" TOOL "（软件包openssh-client）");
}

static void look(const char *manifest, const char *signature, const char *signers,
                 const char *signer, struct verification *found) {
    char name[NAME_SIZE], ignored[NAME_SIZE];
    char *const find[] = {TOOL,
                          "-Y",
                          "find-principals",
                          "-s",
                          (char *)(uintptr_t)signature,
                          "-f",
                          (char *)(uintptr_t)signers,
                          NULL};
    int code = run(find, "/dev/null", name);
    if (code < 0 || code == 127) {
        no_tool(found);
        return;
    }
    if (code != 0 || name[0] == '\0') {
        verify_add(found, VERIFY_FAULT, MANIFEST_SIGNATURE, NULL,
                   "no signature by one of those in %s", "不是%s中任何人的签名", signers);
        return;
    }
    char *const verify[] = {TOOL,
                            "-Y",
                            "verify",
                            "-f",
                            (char *)(uintptr_t)signers,
                            "-I",
                            signer != NULL ? (char *)(uintptr_t)signer : name,
                            "-n",
                            SIGNATURE_NAMESPACE,
                            "-s",
                            (char *)(uintptr_t)signature,
                            NULL};
    if (run(verify, manifest, ignored) != 0) {
        verify_add(found, VERIFY_FAULT, MANIFEST_SIGNATURE, NULL,
                   "the signature is not one of %s over this " MANIFEST_NAME,
                   "不是%s对此" MANIFEST_NAME "的签名", signer != NULL ? signer : name);
        return;
    }
    verify_add(found, VERIFY_REMARK, MANIFEST_SIGNATURE, NULL, "signed by %s", "签名人：%s",
               signer != NULL ? signer : name);
}

void signature_check(const char *folder, const char *signers, const char *signer,
                     struct verification *found) {
    char *manifest = memory_format("%s/" MANIFEST_NAME, folder);
    char *signature = memory_format("%s/" MANIFEST_SIGNATURE, folder);
    bool there = access(signature, F_OK) == 0;
    if (signers != NULL && access(signers, R_OK) != 0) {
        verify_add(found, VERIFY_UNCHECKED, MANIFEST_SIGNATURE, NULL, "--signers %s: %s",
                   "--signers %s：%s", signers, strerror(errno));
    } else if (signers != NULL && !there) {
        verify_add(found, VERIFY_FAULT, MANIFEST_SIGNATURE, NULL, "there is no signature",
                   "没有签名");
    } else if (signers != NULL) {
        look(manifest, signature, signers, signer, found);
    } else if (there) {
        verify_add(found, VERIFY_UNCHECKED, MANIFEST_SIGNATURE, NULL,
                   "signed; by whom is not looked at without --signers",
                   "已签名；未给出--signers，未检查签名人");
    }
    free(manifest);
    free(signature);
}

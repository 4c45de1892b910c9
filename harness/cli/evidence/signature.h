/* SPDX-License-Identifier: MIT */
/* signature.h: manifest.json.sig, checked by ssh-keygen.
 *
 *   signature_check("out", "allowed_signers", NULL, found);        adds what it finds
 *
 * Why ssh-keygen -Y: it is on every Debian, macOS and Windows since 10, and offices have such keys, on
 * security keys too; minisign and signify would have to be installed first, OpenSSL's CMS needs
 * certificates. The signature is over manifest.json, namespace "pilebench"; whoever wants another tool signs
 * the same file with it. Without signers only whether there is a signature is said. */
#ifndef HARNESS_CLI_EVIDENCE_SIGNATURE_H
#define HARNESS_CLI_EVIDENCE_SIGNATURE_H

#include "harness/verify/verify.h"

#define SIGNATURE_NAMESPACE "pilebench"

/* signers, signer: NULL: none given, any. */
void signature_check(const char *folder, const char *signers, const char *signer,
                     struct verification *found);

#endif

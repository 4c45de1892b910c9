# SPDX-License-Identifier: MIT
# make demo   set-up, build, the test cases on the virtual clock, verdict table, report
# make test   set-up, builds, everything: gates, unit, integration, vcan, sanitizers, mutants, determinism
# The build itself is CMake's; see CMakePresets.json for the other builds.
SHELL := /bin/bash
JOBS  := $(shell nproc)

.PHONY: demo test build setup-demo setup-test format bench coverage clean

demo: setup-demo build
	build/pilebench run --out out

test:
	.ci/run

build: setup-demo
	cmake --preset release -D PILEBENCH_TESTS=OFF >/dev/null
	cmake --build --preset release -j $(JOBS)

setup-demo:
	.ci/install-packages demo

setup-test:
	.ci/install-packages test

format:
	clang-format -i $$(git ls-files '*.[ch]')

# Ratios, not tests: how many times faster than real time, and where the time goes.
bench: setup-test
	cmake --preset release >/dev/null
	cmake --build --preset release --target bench

coverage: setup-test
	cmake --preset coverage >/dev/null
	cmake --build --preset coverage -j $(JOBS)
	cmake --build --preset coverage --target coverage

clean:
	rm -rf build build-* out out-*

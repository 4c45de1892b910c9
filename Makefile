# SPDX-License-Identifier: MIT
# `make help` lists the targets. The build itself is CMake's; see CMakePresets.json for the other builds.
SHELL := /bin/bash
JOBS  := $(shell nproc)

# Of a target with ## behind it `make help` shows what stands there.
.DEFAULT_GOAL := demo
.PHONY: help demo test build setup-demo setup-test format bench coverage manual package clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup-demo build ## install what it needs, build, run all cases on virtual time, report (2 to 4 minutes the first time)
	build/pilebench run --out out
	@.ci/next-steps

test: ## everything that CI runs (20 minutes on two cores)
	.ci/run

build: setup-demo ## the programs only, without the tests
	cmake --preset release -D PILEBENCH_TESTS=OFF >/dev/null
	cmake --build --preset release -j $(JOBS)

setup-demo: ## the Debian packages that building needs
	.ci/install-packages demo

setup-test: ## and those that the tests need
	.ci/install-packages test

format: ## clang-format over all sources
	clang-format -i $$(git ls-files '*.[ch]')

# Ratios, not tests.
bench: setup-test ## how many times faster than real time, and where the time goes
	cmake --preset release >/dev/null
	cmake --build --preset release --target bench

coverage: setup-test ## line coverage of core and bench by all tests
	cmake --preset coverage >/dev/null
	cmake --build --preset coverage -j $(JOBS)
	cmake --build --preset coverage --target coverage

manual: build ## docs/ as HTML, build/manual/index.html (needs pandoc)
	cmake --build --preset release --target manual

package: build ## a Debian package, build/pilebench_VERSION_ARCH.deb
	cmake --build --preset release --target package

clean: ## remove what was built and what runs have left in out
	rm -rf build build-* out out-*

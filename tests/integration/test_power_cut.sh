#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The power goes at every change of a run's folder, one after the other (power_cut.c), half of a write done: what is left
# never looks whole, and `run --resume` makes of it what a run without a cut leaves, to the byte. In a new folder, in one
# with the run of another firmware's settings, while it goes on, and while the pages are made anew.
[[ ! -w /dev/shm ]] || export TMPDIR=/dev/shm # hundreds of small runs: a busy disk would take minutes
. "$(dirname "$0")/common.sh"
preload=$BUILD/tests/power_cut.so
cases=(weld stop-by-person)
run=("$PILEBENCH" run -j 1 --out "$scratch/out")

cut_at() { # N COMMAND...: and until all of it is gone
    { CUT_FOLDER=$scratch/out CUT_AT=$1 LD_PRELOAD=$preload "${@:2}" >said 2>&1; } 2>/dev/null
    wait_until 5 folder_is_free
}
folder_is_free() { [[ ! -d out ]] || flock -n out true; }
changes_of() { # COMMAND...
    rm -f count
    CUT_FOLDER=$scratch/out CUT_COUNT=$scratch/count LD_PRELOAD=$preload "$@" >said 2>&1
    wc -c <count
}
whole() { # the same as without a cut, but for how long the cases took
    same_folders uncut out -x times.csv -x junit.xml && "$PILEBENCH" verify out >said 2>&1
}
not_whole() { # by its exit code
    "$PILEBENCH" verify out >verified 2>&1
    (($? != 0))
}
goes_on() {
    "${run[@]}" --resume "${cases[@]}" >said 2>&1 || {
        # Not a line of the record was there: nothing to go on with, and it says so.
        { [[ ! -s out/results.jsonl ]] || (($(wc -l <out/results.jsonl) == 0)); } && "${run[@]}" "${cases[@]}" >said 2>&1
    }
}

"$PILEBENCH" run -j 1 --out uncut "${cases[@]}" >/dev/null
total=$(changes_of "${run[@]}" "${cases[@]}")
check "there is something to cut" test "$total" -ge 20
check "uncut it is whole" whole
rm -rf uncut && cp -r out uncut # the same path: pages name no other

seen_kept=0
for ((n = 1; n <= total; n++)); do
    rm -rf out
    cut_at "$n" "${run[@]}" "${cases[@]}"
    if [[ -e out/manifest.json ]]; then
        check "cut at $n of $total, with a manifest: it is whole" whole
    else
        check "cut at $n of $total: it does not look whole" not_whole
    fi
    check "cut at $n of $total: goes on" goes_on
    grep -qE '^pilebench: [1-9] of 3 cases are kept' said && seen_kept=$((seen_kept + 1))
    check "cut at $n of $total: whole after that" whole
done
check "finished cases were kept at some cuts" test "$seen_kept" -ge 5

# While it goes on, from half a run.
rm -rf half out
n=$((total / 2))
cut_at "$n" "${run[@]}" "${cases[@]}"
cp -r out half
again=$(changes_of "${run[@]}" --resume "${cases[@]}")
for ((n = 1; n <= again; n++)); do
    rm -rf out && cp -r half out
    cut_at "$n" "${run[@]}" --resume "${cases[@]}"
    [[ -e out/manifest.json ]] || check "cut again at $n of $again: it does not look whole" not_whole
    check "cut again at $n of $again: goes on" goes_on
    check "cut again at $n of $again: whole after that" whole
done

# In a folder that has another run: never that one's manifest beside this one's files.
rm -rf out former
"$PILEBENCH" run -j 1 --out out --seed 2 "${cases[@]}" >/dev/null
cp -r out former
over=$(changes_of "${run[@]}" "${cases[@]}")
for ((n = 1; n <= over; n++)); do
    rm -rf out && cp -r former out
    cut_at "$n" "${run[@]}" "${cases[@]}"
    if "$PILEBENCH" verify out >verified 2>&1; then
        check "cut over another run at $n of $over: it is either of them, whole" \
            bash -c 'cmp -s former/results.jsonl out/results.jsonl || cmp -s uncut/results.jsonl out/results.jsonl'
    fi
done

# While pages are made anew: what does not fit is found, and made anew once more it fits.
rm -rf out && cp -r uncut out
echo >>out/report.html
pages=$(changes_of "$PILEBENCH" report "$scratch/out")
for ((n = 1; n <= pages; n++)); do
    rm -rf out && cp -r uncut out
    echo >>out/report.html
    cut_at "$n" "$PILEBENCH" report "$scratch/out"
    "$PILEBENCH" report out >said 2>&1
    check "pages cut at $n of $pages: made anew they fit" "$PILEBENCH" verify out >verified
done

# Options that are not the run's, and what cannot go together.
rm -rf out && cp -r half out
expect 2 'is of another run' "${run[@]}" --resume --seed 3 "${cases[@]}"
check "a refusal takes nothing away" diff -r half out
expect 2 'is of another run' "${run[@]}" --resume weld
expect 2 '.-resume goes on with one run' "${run[@]}" --resume --repeat 2 "${cases[@]}"
expect 2 'cannot read' "$PILEBENCH" run --resume --out nowhere "${cases[@]}"
echo "$total, $again, $over and $pages cuts"
finish

# What .ci/run and .ci/deep share. Sourced by them after tools/lib/stages.sh.

# fuzz_all SECONDS: every fuzz target of the asan build for so long, two at a time. What made one fail lies in
# build/asan/crashes, what it found that is new in build/asan/found.
fuzz_all() {
  local programs=(build/asan/bin/fuzz_*)
  [ -x "${programs[0]}" ] || { echo "no fuzz target was built"; return 1; }
  export -f fuzz_one
  fuzz_seconds=$1 xargs -0 -P 2 -I '{}' bash -c 'set -euo pipefail; fuzz_one {}' < <(printf '%s\0' "${programs[@]}")
  echo "${#programs[@]} passed, 0 failed"
}

fuzz_one() {
  local program=$1 name work
  name=$(basename "$program")
  work=build/asan/found/$name
  mkdir -p "$work" build/asan/crashes
  local seeds=tests/fuzz/corpus/${name#fuzz_}
  "$program" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=3072 -print_final_stats=1 \
    -artifact_prefix="build/asan/crashes/$name-" "$work" $([ -d "$seeds" ] && echo "$seeds") >"build/log/$name.log" 2>&1 || {
    tail -n 40 "build/log/$name.log"
    echo "$name: failed; the input lies in build/asan/crashes"
    return 1
  }
  echo "$name: $(awk '/number_of_executed_units/ { print $2 }' "build/log/$name.log") inputs"
}

# explore BUILD SEEDS INPUTS: random lives of an engine, under every checker; what fails lies in build/log.
explore() { "build/$1/bin/holdfast" explore scenarios --seeds "$2" --inputs "$3" -o build/log; }

# bounded SECONDS NAME ARGUMENTS...: the running script again, stopped after so long. Returns at once inside of that.
bounded() {
  [ -z "${HOLDFAST_CI_BOUNDED:-}" ] || return 0
  local limit_s=$1 name=$2 status=0
  shift 2
  HOLDFAST_CI_BOUNDED=1 timeout --foreground --kill-after=30 "$limit_s" "$0" "$@" || status=$?
  [ $status -eq 124 ] && echo "$name: stopped after the limit of $((limit_s / 60)) minutes" >&2
  exit $status
}

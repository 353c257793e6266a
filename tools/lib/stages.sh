# Stages of a longer run, one line each: name, outcome, duration, tests counted. Sourced by tools/test, tools/demo and
# .ci/run, which set `root` first.
#
#   stage "build dev" cmake --build --preset dev
#   stages_end
#
# A stage that ends with 77 could not be tried here: it counts for nothing, and its last line says why.
#
# What a stage prints goes to build/log/<name>.log; a failed stage shows the end of it and ends the run.
stages_passed=${HOLDFAST_STAGES_PASSED:-0}
stages_log=$root/build/log
mkdir -p "$stages_log"

# Tests inside a log: GoogleTest cases, otherwise ctest entries or a runner's own "N passed" line; a stage that counts
# nothing is one test itself.
stage_count() {
  awk '
    /\[  PASSED  \] [0-9]+ test/ { cases += $0 ~ /^[0-9]+:/ ? $5 : $4 }
    /^100% tests passed, 0 tests failed out of [0-9]+/ { entries = $NF }
    /^ *[0-9]+ passed, 0 failed/ { runner += $1 }
    END { print cases ? cases : runner ? runner : entries ? entries : 1 }
  ' "$1"
}

stage_progress() {  # the last line of the log, twice a second, on a terminal only
  local log=$1 line
  while sleep 0.5; do
    line=$(tail -n 1 "$log" | tr -d '\r' | cut -c1-90)
    printf '\r\033[K  ...   %s' "$line"
  done
}

stage() {
  local name=$1 started=$EPOCHREALTIME log progress="" status elapsed count
  shift
  log=$stages_log/$(tr ' /' '--' <<<"$name").log
  : >"$log"
  if [ -t 1 ]; then
    stage_progress "$log" &
    progress=$!
  fi
  # Not behind "||": that would switch -e off inside, and a stage of several steps would go on after a failed one.
  set +e
  (set -euo pipefail; cd "$root"; "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [ -n "$progress" ]; then
    kill "$progress" 2>/dev/null || true
    wait "$progress" 2>/dev/null || true
    printf '\r\033[K'
  fi
  elapsed=$(awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }')
  if [ $status -eq 77 ]; then
    printf '  SKIP  %-28s %7s s   %s\n' "$name" "$elapsed" "$(tail -n 1 "$log")"
    return
  fi
  if [ $status -ne 0 ]; then
    printf '  FAIL  %-28s %7s s\n' "$name" "$elapsed"
    tail -n 60 "$log" | sed 's/^/        /'
    echo "        whole log: ${log#"$root"/}"
    echo "$stages_passed passed, 1 failed"
    exit 1
  fi
  count=$(stage_count "$log")
  stages_passed=$((stages_passed + count))
  if [ "$count" -gt 1 ]; then
    printf '  ok    %-28s %7s s   %s passed\n' "$name" "$elapsed" "$count"
  else
    printf '  ok    %-28s %7s s\n' "$name" "$elapsed"
  fi
}

# Only what changed is configured: a preset's build folder knows how to configure itself again.
configure() { [ -f "build/$1/build.ninja" ] || cmake --preset "$1"; }

# build PRESET [TARGETS]
build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# Verbose, so that the log holds the number of cases of each program.
run_ctest() { ctest --preset "$1" --parallel "$(nproc)" --verbose "${@:2}"; }

stages_end() { echo "$stages_passed passed, 0 failed"; }

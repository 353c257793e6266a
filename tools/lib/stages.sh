# Stages of a longer run, one line each: name, outcome, duration, tests counted. Sourced by tools/test, tools/demo,
# .ci/run and .ci/deep, which set `root` first.
#
#   stage "build dev" cmake --build --preset dev
#   stages_table                          # name, seconds and processor seconds of each
#   stages_end                            # "12 passed, 0 failed", and how many were skipped
#
# A stage that ends with 77 could not be tried here: it counts as one skipped, and its last line says why. Tests that are
# skipped inside of a stage are counted as well. Runs inside of a run (.ci/stranger) add their stages to the table of the
# outer one, the file that HOLDFAST_STAGES_TABLE names.
#
# What a stage prints goes to build/log/<name>.log; a failed stage shows the end of it and ends the run.
stages_passed=${HOLDFAST_STAGES_PASSED:-0}
stages_skipped=${HOLDFAST_STAGES_SKIPPED:-0}
stages_log=$root/build/log
mkdir -p "$stages_log"
if [ -z "${HOLDFAST_STAGES_TABLE:-}" ]; then
  export HOLDFAST_STAGES_TABLE=$stages_log/stages.tsv
  : >"$HOLDFAST_STAGES_TABLE"
fi

# Tests inside a log, "passed skipped": GoogleTest cases, otherwise ctest entries or a runner's own "N passed" line; a
# stage that counts nothing is one test itself.
stage_counts() {
  awk '
    /\[  PASSED  \] [0-9]+ test/ { cases += $0 ~ /^[0-9]+:/ ? $5 : $4 }
    /\[  SKIPPED \] [0-9]+ test/ { skipped += $0 ~ /^[0-9]+:/ ? $5 : $4 }
    /^[ \t]*[0-9]+ - .* \(Skipped\)$/ { skipped++; entries-- }
    /^100% tests passed, 0 tests failed out of [0-9]+/ { entries += $NF }
    /^ *[0-9]+ passed, 0 failed/ { runner += $1 }
    END { print (cases ? cases : runner ? runner : entries ? entries : skipped ? 0 : 1), skipped + 0 }
  ' "$1"
}

# Seconds of processor time of all that this shell started and that has ended, into `stages_processor`. `times` tells of the
# shell that it runs in: no pipe and no substitution.
stage_processor() {
  times >"$stages_log/times"
  stages_processor=$(awk 'NR == 2 { split($1, user, /[ms]/); split($2, kernel, /[ms]/)
                                    printf "%.1f", (user[1] + kernel[1]) * 60 + user[2] + kernel[2] }' "$stages_log/times")
}

stage_progress() {  # the last line of the log, twice a second, on a terminal only
  local log=$1 line
  while sleep 0.5; do
    line=$(tail -n 1 "$log" | tr -d '\r' | cut -c1-90)
    printf '\r\033[K  ...   %s' "$line"
  done
}

stage() {
  local name=$1 started=$EPOCHREALTIME log progress="" status elapsed processor counts
  shift
  log=$stages_log/$(tr ' /' '--' <<<"$name").log
  : >"$log"
  stage_processor
  processor=$stages_processor
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
  stage_processor
  processor=$(awk -v from="$processor" -v to="$stages_processor" 'BEGIN { printf "%.1f", to - from }')
  elapsed=$(awk -v from="$started" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }')
  printf '%s\t%s\t%s\n' "$name" "$elapsed" "$processor" >>"$HOLDFAST_STAGES_TABLE"
  stage_outcome "$name" "$elapsed" "$log" "$status"
}

stage_outcome() {  # NAME SECONDS LOG STATUS
  local counts=0 passed skipped
  if [ "$4" -eq 77 ]; then
    stages_skipped=$((stages_skipped + 1))
    printf '  SKIP  %-28s %7s s   %s\n' "$1" "$2" "$(tail -n 1 "$3")"
    return
  fi
  if [ "$4" -ne 0 ]; then
    printf '  FAIL  %-28s %7s s\n' "$1" "$2"
    tail -n 60 "$3" | sed 's/^/        /'
    echo "        whole log: ${3#"$root"/}"
    echo "$stages_passed passed, 1 failed"
    exit 1
  fi
  counts=$(stage_counts "$3")
  passed=${counts% *} skipped=${counts#* }
  stages_passed=$((stages_passed + passed))
  stages_skipped=$((stages_skipped + skipped))
  printf '  %-5s %-28s %7s s' "$([ "$passed" -gt 0 ] && echo ok || echo SKIP)" "$1" "$2"
  [ "$passed" -le 1 ] || printf '   %s passed' "$passed"
  [ "$skipped" -eq 0 ] || printf '   %s skipped' "$skipped"
  [ "$passed" -gt 0 ] || printf '%s' "$(sed -nE 's/^[0-9]+: skipped//p' "$3" | head -n 1)"
  printf '\n'
}

# Only what changed is configured: a preset's build folder knows how to configure itself again, unless the presets changed.
configure() {
  if [ ! -f "build/$1/build.ninja" ]; then
    cmake --preset "$1"
  elif [ CMakePresets.json -nt "build/$1/CMakeCache.txt" ]; then
    cmake --fresh --preset "$1"
  fi
}

# build PRESET [TARGETS]
build() {
  local preset=$1
  shift
  configure "$preset"
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# Verbose, so that the log holds the number of cases of each program.
run_ctest() { ctest --preset "$1" --parallel "$(nproc)" --verbose "${@:2}"; }

stages_table() {
  echo
  awk -F '\t' '
    BEGIN { printf "  %-30s %10s %14s\n", "stage", "seconds", "processor s" }
    { printf "  %-30s %10.1f %14.1f\n", $1, $2, $3; seconds += $2; processor += $3 }
    END { printf "  %-30s %10.1f %14.1f\n", "all", seconds, processor }
  ' "$HOLDFAST_STAGES_TABLE"
}

stages_end() {
  local skipped=""
  [ "$stages_skipped" -eq 0 ] || skipped=", $stages_skipped skipped"
  echo "$stages_passed passed, 0 failed$skipped"
}

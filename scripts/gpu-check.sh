#!/bin/sh
# Everything that can be checked on a machine with a GPU, in one command, without node and without a network: in the repository, or in a folder that
# scripts/gpu-pack.mjs has written and that was carried there (docs/gpu.md, step by step).
#
#   sh scripts/gpu-check.sh [--pack FOLDER] [--bin FOLDER] [--build] [--out FOLDER] [--only STEP,STEP...] [--seconds S] [--limit S] [MODEL ...]
#
# Steps: build (loads the programs of --bin, or of the pack's bin/, where they run on this machine; else, or with --build, compiles them into gpu-build/ by cmake
# and nvcc, for this machine's GPU only), tests, kinds (every operator against the core for CPUs), agree (every model of the pack against it and against what
# the pack holds; the same bits for any chunk size), time (contests of up to 1000 labels), torch (the same contests by PyTorch on the same GPU, where python3 has
# torch with CUDA), sanitize (compute-sanitizer memcheck and racecheck of the tests, where it is there).
# --seconds: how long each contest is timed; --limit: how long a step may take. Of a time or torch step that is stopped, what it has measured counts; any other has failed.
# Writes a log per step and results.jsonl to --out (default gpu-out), prints one table. Exit code: 0 all that ran has passed, 1 something failed, 2 wrong
# arguments, 77 no GPU.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
scripts=$root/scripts
pack=$root/models bin= force= out=gpu-out steps=build,tests,kinds,agree,time,torch,sanitize seconds=2 limit= models=
PATH=$PATH:/usr/local/cuda/bin

usage() {
  sed -n '5,5p' "$0" | cut -c5- >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --pack | --bin | --out | --only | --seconds | --limit)
      [ $# -ge 2 ] || usage
      case $1 in
        --pack) pack=$2 ;;
        --bin) bin=$2 ;;
        --out) out=$2 ;;
        --only) steps=$2 ;;
        --seconds) seconds=$2 ;;
        --limit) limit=$2 ;;
      esac
      shift 2
      ;;
    --build)
      force=yes
      shift
      ;;
    -*) usage ;;
    *)
      models="$models $1"
      shift
      ;;
  esac
done

mkdir -p "$out" || exit 2
results=$out/results.jsonl
: > "$results"

wanted() { case ",$steps," in *,"$1",*) true ;; *) false ;; esac; }
line() { printf '{"kind":"step","name":"%s","result":"%s","seconds":"%s","detail":"%s"}\n' "$1" "$2" "${4:-}" "$(printf %s "$3" | tr -d '"\\\n')" >> "$results"; }
has() { command -v "$1" > /dev/null 2>&1; }

# Runs a program into STEP.log and says how it ended; its lines of JSON become results.
step() {
  name=$1
  shift
  echo "gpu-check: $name" >&2
  began=$(date +%s)
  if [ -n "$limit" ] && has timeout; then set -- timeout -k 5 "$limit" "$@"; fi
  "$@" > "$out/$name.log" 2> "$out/$name.err"
  code=$?
  took="$(($(date +%s) - began)) s"
  grep '^{.*}$' "$out/$name.log" >> "$results"
  last=$(grep -hv '^{' "$out/$name.log" "$out/$name.err" | grep . | tail -n 1)
  case $code:$name in
    0:*) line "$name" passed "$last" "$took" ;;
    77:*) line "$name" skipped "$last" "$took" ;;
    124:time | 124:torch | 137:time | 137:torch) line "$name" stopped "by --limit $limit" "$took" ;;
    124:* | 137:*) line "$name" failed "stopped by --limit ${limit:-none}; $last" "$took" ;;
    *) line "$name" failed "exit code $code; $last" "$took" ;;
  esac
  return $code
}

# A program by its name in a folder of programs or below.
program() { find "$1" -type f -name "$2" 2> /dev/null | head -n 1; }
benchName=${AGON_GPU_BENCH:-agon_cuda_bench} testName=${AGON_GPU_TEST:-agon_cuda_test}

# Whether the programs of a folder run on this machine: without arguments, the bench says how it is used.
runHere() {
  bench=$(program "$1" "$benchName") tests=$(program "$1" "$testName")
  [ -n "$bench" ] && [ -n "$tests" ] || return 1
  chmod +x "$bench" "$tests" 2> /dev/null
  "$bench" > /dev/null 2> "$out/load.err"
  [ $? -eq 2 ]
}

# For the machine's own GPU, where nvidia-smi names it: a third of the time.
compile() {
  of=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2> /dev/null | sed -n 's/^\([0-9]*\)\.\([0-9]\)$/\1\2-real/p' | head -n 1)
  step build sh -c 'cmake -S "$1/native" -B "$1/gpu-build" -DCMAKE_BUILD_TYPE=Release -DAGON_CUDA_HOST=OFF ${2:+-DAGON_CUDA_ARCHITECTURES=$2} &&
    cmake --build "$1/gpu-build" --target agon_cuda_test agon_cuda_bench --parallel "$(getconf _NPROCESSORS_ONLN)"' sh "$root" "$of"
}

# Sets `bench` and `tests`, or says why not.
load() {
  ready=${bin:-$root/bin}
  if [ -z "$force" ] && runHere "$ready"; then
    line build passed "ready in $ready"
    return 0
  fi
  if [ -z "$bin" ] && wanted build && has cmake && has nvcc; then
    compile || return 1
    ready=$root/gpu-build
  elif [ -z "$bin" ] && [ -d "$root/gpu-build" ]; then
    ready=$root/gpu-build
  fi
  runHere "$ready" && return 0
  why=$(tail -n 1 "$out/load.err" 2> /dev/null)
  line programs failed "$benchName and $testName: none that run here in $ready${why:+ ($why)}; the step build makes them where cmake and nvcc are there"
  return 1
}

# Some machines have the tool but not what it needs of the GPU's driver.
sanitize() {
  step "$1" compute-sanitizer --tool "$1" --error-exitcode 1 "$tests" && return
  if grep -qi "not supported" "$out/$1.log" "$out/$1.err"; then
    grep -v "\"name\":\"$1\"" "$results" > "$results.rest"
    mv "$results.rest" "$results"
    line "$1" skipped "$(grep -hi "not supported" "$out/$1.log" "$out/$1.err" | head -n 1)" "$took"
  fi
}

# Programs of models are carried compressed.
unpack() {
  for packed in "$pack"/*/program.bin.gz; do
    program=${packed%.gz}
    [ ! -f "$packed" ] || [ "$program" -nt "$packed" ] || gunzip -c "$packed" > "$program" || return
  done
}

load || steps=
if wanted tests; then step tests "$tests"; fi
if wanted kinds; then step kinds "$bench" kinds; fi
if wanted agree || wanted time; then
  if [ -f "$pack/models.txt" ]; then
    unpack
    # shellcheck disable=SC2086
    if wanted agree; then step agree "$bench" agree "$pack" $models; fi
    if wanted time; then
      # shellcheck disable=SC2086
      step time "$bench" time "$pack" "$seconds" $models
      grep '^{' "$pack/floors.jsonl" >> "$results" 2> /dev/null
    fi
  else
    line agree skipped "no pack in $pack; scripts/gpu-pack.mjs writes one"
  fi
fi
if wanted torch; then
  if ! has python3; then
    line torch skipped "python3 was not found"
  else
    # shellcheck disable=SC2086
    step torch python3 "$scripts/gpu-torch.py" --seconds "$seconds" ${AGON_GPU_TORCH:-} $models
  fi
fi
if wanted sanitize; then
  if has compute-sanitizer; then
    for tool in memcheck racecheck; do sanitize "$tool"; done
  else
    line sanitize skipped "compute-sanitizer was not found"
  fi
fi

awk -f "$scripts/gpu-table.awk" "$results" | tee "$out/table.txt"
if grep -q '"result":"failed"' "$results" || grep -q '"pass":false' "$results"; then exit 1; fi
if grep -q '"name":"tests","result":"skipped"' "$results"; then exit 77; fi
exit 0

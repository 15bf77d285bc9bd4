#!/bin/sh
# Everything that can be checked on a machine with a GPU, in one command, without node and without a network: in the repository, or in a folder that
# scripts/gpu-pack.mjs has written and that was carried there.
#
#   sh scripts/gpu-check.sh [--pack FOLDER] [--bin FOLDER] [--out FOLDER] [--only STEP,STEP...] [--seconds S] [MODEL ...]
#
# Steps: build (where cmake and nvcc are there; else the programs of --bin or of the pack's bin/ are used), tests, kinds (every operator against the core for CPUs),
# agree (every model of the pack against it and against what the pack holds; the same bits for any chunk size), time (contests of up to 1000 labels), torch (the same
# contests by PyTorch on the same GPU, where python3 has torch with CUDA), sanitize (compute-sanitizer memcheck and racecheck of the tests, where it is there).
# Writes a log per step and results.jsonl to --out (default gpu-out), prints one table. Exit code: 0 all that ran has passed, 1 something failed, 2 wrong
# arguments, 77 no GPU.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
scripts=$root/scripts
pack=$root/models bin= out=gpu-out steps=build,tests,kinds,agree,time,torch,sanitize seconds=2 models=

usage() {
  sed -n '5,5p' "$0" | cut -c5- >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --pack | --bin | --out | --only | --seconds)
      [ $# -ge 2 ] || usage
      case $1 in
        --pack) pack=$2 ;;
        --bin) bin=$2 ;;
        --out) out=$2 ;;
        --only) steps=$2 ;;
        --seconds) seconds=$2 ;;
      esac
      shift 2
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
line() { printf '{"kind":"step","name":"%s","result":"%s","detail":"%s"}\n' "$1" "$2" "$(printf %s "$3" | tr -d '"\\\n')" >> "$results"; }
has() { command -v "$1" > /dev/null 2>&1; }

# Runs a program into STEP.log and says how it ended; its lines of JSON become results.
step() {
  name=$1
  shift
  echo "gpu-check: $name: $*" >&2
  "$@" > "$out/$name.log" 2> "$out/$name.err"
  code=$?
  grep '^{' "$out/$name.log" >> "$results"
  last=$(grep -v '^{' "$out/$name.log" "$out/$name.err" -h | tail -n 1)
  case $code in
    0) line "$name" passed "$last" ;;
    77) line "$name" skipped "$last" ;;
    *) line "$name" failed "exit code $code; $last" ;;
  esac
  return $code
}

build() {
  cmake -S "$root/native" -B "$out/build" -DCMAKE_BUILD_TYPE=Release -DAGON_BUILD_TESTS=ON -DAGON_CUDA_HOST=OFF &&
    cmake --build "$out/build" --target agon_cuda_test agon_cuda_bench --parallel "$(getconf _NPROCESSORS_ONLN)"
}

if [ -z "$bin" ] && wanted build; then
  if has cmake && has nvcc; then
    step build build || steps=
    bin=$out/build
  else
    line build skipped "cmake or nvcc was not found"
  fi
fi
[ -n "$bin" ] || bin=$root/bin

# A program by its name in the folder of programs or below.
program() { find "$bin" -type f -name "$1" 2> /dev/null | head -n 1; }
bench=$(program "${AGON_GPU_BENCH:-agon_cuda_bench}")
tests=$(program "${AGON_GPU_TEST:-agon_cuda_test}")

if [ -n "$steps" ] && { [ -z "$bench" ] || [ -z "$tests" ]; }; then
  line programs failed "agon_cuda_bench and agon_cuda_test were not found in $bin"
  steps=
fi
chmod +x "$bench" "$tests" 2> /dev/null

if wanted tests; then step tests "$tests"; fi
if wanted kinds; then step kinds "$bench" kinds; fi
if wanted agree || wanted time; then
  if [ -f "$pack/models.txt" ]; then
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
    step torch python3 "$scripts/gpu-torch.py" --seconds "$seconds" $models
  fi
fi
if wanted sanitize; then
  if has compute-sanitizer; then
    for tool in memcheck racecheck; do step "$tool" compute-sanitizer --tool "$tool" --error-exitcode 1 "$tests"; done
  else
    line sanitize skipped "compute-sanitizer was not found"
  fi
fi

awk -f "$scripts/gpu-table.awk" "$results" | tee "$out/table.txt"
if grep -q '"result":"failed"' "$results" || grep -q '"pass":false' "$results"; then exit 1; fi
if grep -q '"name":"tests","result":"skipped"' "$results"; then exit 77; fi
exit 0

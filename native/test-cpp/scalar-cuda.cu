// Compile test: every scalar formula and derivative, as host and as device code, for every function of functions.h.
#include <agon/scalar.h>

using namespace agon;

namespace {

/// What one unary function gives at x: value, derivative.
template <Function f>
AGON_HD void unary(double x, Parameters of, double* out) {
  out[0] = evaluate(f, x, of);
  out[1] = isDifferentiable(f) ? derivative(f, x, of) : 0;
}

/// What one binary function gives at (a, b): value, both derivatives.
template <Function f>
AGON_HD void binary(double a, double b, double* out) {
  out[0] = evaluate(f, a, b);
  out[1] = isDifferentiable(f) ? derivativeA(f, a, b) : 0;
  out[2] = isDifferentiable(f) ? derivativeB(f, a, b) : 0;
}

/// All functions at one point: two numbers per unary one, three per binary one.
AGON_HD void all(double a, double b, Parameters of, double* out) {
#define AGON_CALL(name) unary<Function::name>(a, of, out), out += 2;
  AGON_UNARY_FUNCTIONS(AGON_CALL)
#undef AGON_CALL
#define AGON_CALL(name) binary<Function::name>(a, b, out), out += 3;
  AGON_BINARY_FUNCTIONS(AGON_CALL)
#undef AGON_CALL
}

constexpr int numbersPerPoint = 2 * unaryFunctionCount + 3 * (functionCount - unaryFunctionCount);

/// As kernels will use it: which function is only known when it runs.
__global__ void chosen(int32_t f, const double* a, const double* b, Parameters of, double* out, int count) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= count) return;
  const Function function = static_cast<Function>(f);
  out[3 * i] = f < unaryFunctionCount ? evaluate(function, a[i], of) : evaluate(function, a[i], b[i]);
  out[3 * i + 1] = f < unaryFunctionCount ? derivative(function, a[i], of) : derivativeA(function, a[i], b[i]);
  out[3 * i + 2] = f < unaryFunctionCount ? 0 : derivativeB(function, a[i], b[i]);
}

__global__ void everyFunction(const double* a, const double* b, Parameters of, double* out, int count) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < count) all(a[i], b[i], of, out + i * numbersPerPoint);
}

}  // namespace

/// The same numbers from the host.
void everyFunctionOnHost(const double* a, const double* b, Parameters of, double* out, int count) {
  for (int i = 0; i < count; i++) all(a[i], b[i], of, out + i * numbersPerPoint);
}

void launch(int32_t f, const double* a, const double* b, Parameters of, double* out, int count) {
  everyFunction<<<(count + 127) / 128, 128>>>(a, b, of, out, count);
  chosen<<<(count + 127) / 128, 128>>>(f, a, b, of, out, count);
}

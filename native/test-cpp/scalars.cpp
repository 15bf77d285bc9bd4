// Scalar formulas: derivatives against differences in float64, and finite values far out.
#include <agon/scalar.h>

#include <cmath>

#include "check.h"

using namespace agon;

namespace {

constexpr double step = 1e-5;

bool close(double a, double b) { return std::fabs(a - b) < 1e-7 * (1 + std::fabs(a)) + 1e-9; }

}  // namespace

void testScalars() {
  const Parameters of{0.3, 1.2, 2.5};
  const double points[] = {-3.7, -1.31, -0.42, 0.17, 0.9, 1.77, 4.1};
  for (int32_t i = 0; i < functionCount; i++) {
    const Function f = static_cast<Function>(i);
    for (const double a : points) {
      if (i < unaryFunctionCount) {
        if ((f == Function::Log || f == Function::Sqrt) && a < 0) continue;
        const double slope = (evaluate(f, a + step, of) - evaluate(f, a - step, of)) / (2 * step);
        check::that(close(slope, derivative(f, a, of)), std::string(functionNames[i]) + "' at " + std::to_string(a));
        check::that(isDifferentiable(f) || derivative(f, a, of) == 0, std::string(functionNames[i]) + " is piecewise constant");
        continue;
      }
      for (const double b : {-2.2, 0.31, 1.6}) {
        if (f == Function::Pow && a < 0) continue;
        const double slopeA = (evaluate(f, a + step, b) - evaluate(f, a - step, b)) / (2 * step);
        const double slopeB = (evaluate(f, a, b + step) - evaluate(f, a, b - step)) / (2 * step);
        check::that(close(slopeA, derivativeA(f, a, b)), std::string(functionNames[i]) + " by a at " + std::to_string(a));
        check::that(close(slopeB, derivativeB(f, a, b)), std::string(functionNames[i]) + " by b at " + std::to_string(b));
      }
    }
  }
  for (const Function f : {Function::Sigmoid, Function::Softplus, Function::Tanh, Function::Gelu, Function::GeluTanh, Function::Mish, Function::Erf,
                           Function::Softsign, Function::Elu, Function::Celu, Function::HardSwish, Function::Softclip})
    for (const double x : {-1e4, 1e4})
      check::that(std::isfinite(evaluate(f, x, of)) && std::isfinite(derivative(f, x, of)),
                  std::string(functionNames[static_cast<int32_t>(f)]) + " far out");
  check::that(derivative(Function::Relu, 0, of) == 0 && derivative(Function::Abs, 0, of) == 0, "kinks at 0");
  check::that(derivativeA(Function::Max, 1.0, 1.0) == 0.5 && derivativeB(Function::Min, 1.0, 1.0) == 0.5, "ties are shared");
  check::that(evaluate(Function::Round, 2.5, of) == 2 && evaluate(Function::Round, -1.5, of) == -2, "round half to even");
}

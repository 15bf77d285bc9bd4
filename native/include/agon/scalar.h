#pragma once
#include <agon/functions.h>

#include <cmath>

#ifdef __CUDACC__
#define AGON_HD __host__ __device__
#else
#define AGON_HD
#endif

/// Every scalar formula of the native engines, with its derivative; written once, compiled by C++ and CUDA compilers. Formulas are evaluated in
/// float64 and rounded once. At kinks: Relu'(0) = 0, Abs'(0) = 0, Clip' = 1 on its bounds, Min and Max of equals give half to each.
namespace agon {

/// Parameters of a function, in the order of functions.h.
struct Parameters {
  double p = 0, q = 0, r = 0;
};

namespace formula {

AGON_HD inline double sigmoid(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x >= 0 ? 1.0 : e) / (1.0 + e);
}
AGON_HD inline double softplus(double x) { return (x > 0 ? x : 0.0) + std::log1p(std::exp(-std::fabs(x))); }
AGON_HD inline double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
/// x between low and high with both corners rounded: low + softplus(x - low) - softplus(x - high) of sharpness beta, as a correction of the clamp,
/// so that nothing cancels or overflows. Either bound may be infinite; low < high.
AGON_HD inline double softclip(double x, double beta, double low, double high) {
  return clamp(x, low, high) + (std::log1p(std::exp(-beta * std::fabs(x - low))) - std::log1p(std::exp(-beta * std::fabs(x - high)))) / beta;
}
/// sigmoid(beta (x - low)) - sigmoid(beta (x - high)), as a product.
AGON_HD inline double softclipSlope(double x, double beta, double low, double high) {
  return sigmoid(beta * (x - low)) * sigmoid(beta * (high - x)) * -std::expm1(-beta * (high - low));
}
/// Distribution and density of the standard normal.
AGON_HD inline double normalBelow(double x) { return 0.5 * std::erfc(-x * 0.70710678118654752440); }
AGON_HD inline double normalAt(double x) { return 0.39894228040143267794 * std::exp(-0.5 * x * x); }
/// Argument of the tanh form of Gelu and its derivative: sqrt(2 / pi) (x + 0.044715 x^3).
AGON_HD inline double geluInner(double x) { return 0.79788456080286535588 * (x + 0.044715 * x * x * x); }
AGON_HD inline double geluInnerSlope(double x) { return 0.79788456080286535588 * (1 + 3 * 0.044715 * x * x); }

}  // namespace formula

/// f(x).
AGON_HD inline double evaluate(Function f, double x, Parameters of) {
  using namespace formula;
  switch (f) {
    case Function::Relu: return x > 0 ? x : x != x ? x : 0.0;
    case Function::LeakyRelu: return x > 0 ? x : of.p * x;
    case Function::Elu: return x > 0 ? x : of.p * std::expm1(x);
    case Function::Selu: return of.q * (x > 0 ? x : of.p * std::expm1(x));
    case Function::Celu: return x > 0 ? x : of.p * std::expm1(x / of.p);
    case Function::ThresholdedRelu: return x > of.p ? x : 0.0;
    case Function::Clip: return clamp(x, of.p, of.q);
    case Function::Sigmoid: return sigmoid(x);
    case Function::HardSigmoid: return clamp(of.p * x + of.q, 0, 1);
    case Function::HardSwish: return x * clamp(x / 6 + 0.5, 0, 1);
    case Function::Tanh: return std::tanh(x);
    case Function::Softplus: return softplus(x);
    case Function::Softsign: return x / (1 + std::fabs(x));
    case Function::Gelu: return x * normalBelow(x);
    case Function::GeluTanh: return 0.5 * x * (1 + std::tanh(geluInner(x)));
    case Function::Erf: return std::erf(x);
    case Function::Mish: return x * std::tanh(softplus(x));
    case Function::Exp: return std::exp(x);
    case Function::Log: return std::log(x);
    case Function::Sqrt: return std::sqrt(x);
    case Function::Reciprocal: return 1 / x;
    case Function::Neg: return -x;
    case Function::Abs: return std::fabs(x);
    case Function::Sin: return std::sin(x);
    case Function::Cos: return std::cos(x);
    case Function::Softclip: return softclip(x, of.p, of.q, of.r);
    case Function::Sign: return x > 0 ? 1 : x < 0 ? -1 : x;
    case Function::Floor: return std::floor(x);
    case Function::Ceil: return std::ceil(x);
    case Function::Round: return std::nearbyint(x);
    case Function::Truncate: return std::trunc(x);
    case Function::ToBool: return x != 0 ? 1 : 0;
    case Function::Not: return x == 0 ? 1 : 0;
    default: return x;
  }
}

/// f'(x).
AGON_HD inline double derivative(Function f, double x, Parameters of) {
  using namespace formula;
  switch (f) {
    case Function::Relu: return x > 0 ? 1 : 0;
    case Function::LeakyRelu: return x > 0 ? 1 : of.p;
    case Function::Elu: return x > 0 ? 1 : of.p * std::exp(x);
    case Function::Selu: return of.q * (x > 0 ? 1 : of.p * std::exp(x));
    case Function::Celu: return x > 0 ? 1 : std::exp(x / of.p);
    case Function::ThresholdedRelu: return x > of.p ? 1 : 0;
    case Function::Clip: return x >= of.p && x <= of.q ? 1 : 0;
    case Function::Sigmoid: return sigmoid(x) * sigmoid(-x);
    case Function::HardSigmoid: return of.p * x + of.q > 0 && of.p * x + of.q < 1 ? of.p : 0;
    case Function::HardSwish: return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
    case Function::Tanh: return 1 / (std::cosh(x) * std::cosh(x));
    case Function::Softplus: return sigmoid(x);
    case Function::Softsign: return 1 / ((1 + std::fabs(x)) * (1 + std::fabs(x)));
    case Function::Gelu: return normalBelow(x) + x * normalAt(x);
    case Function::GeluTanh: {
      const double t = std::tanh(geluInner(x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * geluInnerSlope(x);
    }
    case Function::Erf: return 1.12837916709551257390 * std::exp(-x * x);
    case Function::Mish: {
      const double t = std::tanh(softplus(x));
      return t + x * (1 - t * t) * sigmoid(x);
    }
    case Function::Exp: return std::exp(x);
    case Function::Log: return 1 / x;
    case Function::Sqrt: return 0.5 / std::sqrt(x);
    case Function::Reciprocal: return -1 / (x * x);
    case Function::Neg: return -1;
    case Function::Abs: return x > 0 ? 1 : x < 0 ? -1 : 0;
    case Function::Sin: return std::cos(x);
    case Function::Cos: return -std::sin(x);
    case Function::Softclip: return softclipSlope(x, of.p, of.q, of.r);
    default: return 0;  // Sign Floor Ceil Round Truncate ToBool Not: piecewise constant
  }
}

/// f(a, b).
AGON_HD inline double evaluate(Function f, double a, double b) {
  switch (f) {
    case Function::Add: return a + b;
    case Function::Sub: return a - b;
    case Function::Mul: return a * b;
    case Function::Div: return a / b;
    case Function::Pow: return std::pow(a, b);
    case Function::Min: return a < b || a != a ? a : b;
    case Function::Max: return a > b || a != a ? a : b;
    case Function::PRelu: return a > 0 ? a : a * b;
    case Function::Greater: return a > b;
    case Function::Less: return a < b;
    case Function::GreaterOrEqual: return a >= b;
    case Function::LessOrEqual: return a <= b;
    case Function::Equal: return a == b;
    case Function::And: return a != 0 && b != 0;
    case Function::Or: return a != 0 || b != 0;
    case Function::Xor: return (a != 0) != (b != 0);
    default: return a;
  }
}

/// df / da.
AGON_HD inline double derivativeA(Function f, double a, double b) {
  switch (f) {
    case Function::Add: return 1;
    case Function::Sub: return 1;
    case Function::Mul: return b;
    case Function::Div: return 1 / b;
    case Function::Pow: return b == 0 ? 0 : b * std::pow(a, b - 1);
    case Function::Min: return a < b ? 1 : a == b ? 0.5 : 0;
    case Function::Max: return a > b ? 1 : a == b ? 0.5 : 0;
    case Function::PRelu: return a > 0 ? 1 : b;
    default: return 0;
  }
}

/// df / db.
AGON_HD inline double derivativeB(Function f, double a, double b) {
  switch (f) {
    case Function::Add: return 1;
    case Function::Sub: return -1;
    case Function::Mul: return a;
    case Function::Div: return -a / (b * b);
    case Function::Pow: return a == 0 && b >= 0 ? 0 : std::pow(a, b) * std::log(a);
    case Function::Min: return b < a ? 1 : a == b ? 0.5 : 0;
    case Function::Max: return b > a ? 1 : a == b ? 0.5 : 0;
    case Function::PRelu: return a > 0 ? 0 : a;
    default: return 0;
  }
}

/// False where the derivative is 0 everywhere.
AGON_HD constexpr bool isDifferentiable(Function f) { return f < Function::Sign || (f >= Function::Add && f <= Function::PRelu); }

}  // namespace agon

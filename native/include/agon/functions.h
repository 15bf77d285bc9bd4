#pragma once
#include <cstdint>

/// The scalar functions of Unary and Binary instructions. Ids are positions in this list; unary ones come first.
/// Parameters (Instruction::numbers) in brackets, in order.
#define AGON_UNARY_FUNCTIONS(F)                                                                                                    \
  F(Relu) F(LeakyRelu) /* [alpha] */ F(Elu) /* [alpha] */ F(Selu) /* [alpha, gamma] */ F(Celu) /* [alpha] */                       \
  F(ThresholdedRelu) /* [alpha] */ F(Clip) /* [min, max] */ F(Sigmoid) F(HardSigmoid) /* [alpha, beta] */ F(HardSwish) F(Tanh)     \
  F(Softplus) F(Softsign) F(Gelu) F(GeluTanh) F(Erf) F(Mish) F(Exp) F(Log) F(Sqrt) F(Reciprocal) F(Neg) F(Abs) F(Sin) F(Cos)       \
  F(Softclip) /* [beta, low, high] */                                                                                              \
  F(Sign) F(Floor) F(Ceil) F(Round) /* half to even */ F(Truncate) F(ToBool) /* x != 0 */ F(Not)

#define AGON_BINARY_FUNCTIONS(F)                                                                                                   \
  F(Add) F(Sub) F(Mul) F(Div) F(Pow) F(Min) F(Max) F(PRelu) /* b is the slope */ F(Greater) F(Less) F(GreaterOrEqual)              \
  F(LessOrEqual) F(Equal) F(And) F(Or) F(Xor)

namespace agon {

#define AGON_ENTRY(name) name,
enum class Function : int32_t { AGON_UNARY_FUNCTIONS(AGON_ENTRY) AGON_BINARY_FUNCTIONS(AGON_ENTRY) };
#undef AGON_ENTRY

#define AGON_ENTRY(name) #name,
inline constexpr const char* functionNames[] = {AGON_UNARY_FUNCTIONS(AGON_ENTRY) AGON_BINARY_FUNCTIONS(AGON_ENTRY)};
#undef AGON_ENTRY

inline constexpr int32_t functionCount = sizeof(functionNames) / sizeof(functionNames[0]);
inline constexpr int32_t unaryFunctionCount = static_cast<int32_t>(Function::Add);

}  // namespace agon

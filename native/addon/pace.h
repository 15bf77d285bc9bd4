#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>

/// One call of a session, as far as its length goes by it.
struct Pass {
  enum class Kind { Forward, Vjp, Contest };
  Kind kind;
  /// What is computed or differentiated with respect to.
  int32_t value;
  /// Examples times their labels.
  int64_t size;
};

/// Which calls of a session are so short that handing them to another thread and back is a good part of them: those like earlier ones that were. A first call
/// never is. On the JavaScript thread only.
class Pace {
 public:
  /// Seconds that the JavaScript thread may be kept by one call. A hand-over takes 0.05 to 0.1 ms of processor time.
  static constexpr double most = 0.5e-3;

  bool isShort(const Pass& pass) const {
    const auto found = sizes_.find({pass.kind, pass.value});
    return found != sizes_.end() && pass.size <= found->second;
  }

  /// What a call has taken. One that took long, if only because the machine had other things to do, is not short from then on, until one like it is.
  void note(const Pass& pass, double seconds) {
    int64_t& size = sizes_[{pass.kind, pass.value}];
    size = seconds <= most ? std::max(size, pass.size) : std::min(size, pass.size - 1);
  }

 private:
  /// The largest that were short.
  std::map<std::tuple<Pass::Kind, int32_t>, int64_t> sizes_;
};

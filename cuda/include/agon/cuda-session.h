#pragma once
#include <agon/cuda-transfers.h>
#include <agon/session.h>

namespace agon::cuda {

/// A program made ready to run on one GPU; what its calls take, give and throw is that of agon::Session. Weights, activations, masks, cotangents and the
/// fold stay on the device: an example is uploaded once and its results are downloaded once. Calls may come from several threads; they run one after the
/// other. Results are the same bits for any chunk size on one device. Of a Control, the choices of ways and bands are not looked at, and the memory of 0
/// bytes is half of what the device has free. Throws AGON_UNAVAILABLE where there is no GPU.
class Session {
 public:
  Session(Program program, int device);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  int64_t sizeOf(int32_t value) const;
  /// input [examples, input] -> out [examples, value `at`].
  void forward(const float* input, int64_t examples, int32_t at, float* out, const Control& control) const;
  /// out [count, examples, value `wrt`].
  void vjp(const float* input, int64_t examples, const Seeds& seeds, int32_t wrt, float* out, const Control& control) const;
  void contest(const float* input, int64_t examples, const ContestRequest& request, const ContestArrays& out, const Control& control) const;
  /// For checks that compare backward passes on one forward pass: from now on, what an instruction writes to value v is replaced by values[v] where that holds
  /// numbers; no values end it. Calls take one example at a time while values are pinned. Throws AGON_BAD_INPUT for other sizes.
  void pin(std::vector<std::vector<float>> values);
  /// Name of the device and 10 * major + minor of its compute capability.
  const char* deviceName() const;
  int capability() const;
  /// What has gone between the host and the device since the session began: the program, and what every call took and gave.
  Transfers transfers() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace agon::cuda

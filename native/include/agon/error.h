#pragma once
#include <stdexcept>
#include <string>

namespace agon {

/// The one exception of the core. `code` is one of the project's stable error codes, or "AGON_ABORTED" for a call whose abort flag was set.
class Error : public std::runtime_error {
 public:
  Error(std::string code, const std::string& what) : std::runtime_error(what), code_(std::move(code)) {}
  const std::string& code() const noexcept { return code_; }

 private:
  std::string code_;
};

}  // namespace agon

#pragma once
#include <cmath>
#include <cstdio>
#include <string>

namespace bench {

/// A line of JSON on standard output, whose strings hold neither quotes nor backslashes that were not made harmless.
class Line {
 public:
  explicit Line(const char* kind) { text("kind", kind); }
  Line& text(const char* name, const std::string& value) {
    key(name) += '"';
    for (const char c : value) line_ += c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    line_ += '"';
    return *this;
  }
  Line& number(const char* name, double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.4g", value);
    key(name) += std::isfinite(value) ? digits : "null";
    return *this;
  }
  Line& count(const char* name, int64_t value) {
    key(name) += std::to_string(value);
    return *this;
  }
  Line& flag(const char* name, bool value) {
    key(name) += value ? "true" : "false";
    return *this;
  }
  void print() const {
    std::printf("%s}\n", line_.c_str());
    std::fflush(stdout);
  }

 private:
  std::string& key(const char* name) {
    line_ += line_.empty() ? "{\"" : ",\"";
    line_ += name;
    return line_ += "\":";
  }
  std::string line_;
};

}  // namespace bench

// Memory that is offered to the system may be taken by it and stays usable, whole huge pages of memory are asked for, and what sessions keep between calls
// is bounded.
#include <algorithm>
#include <fstream>
#include <sstream>

#if defined(__linux__)
#include <malloc.h>
#endif

#include <agon/pages.h>

#include "../src/spares.h"
#include "check.h"

namespace {

constexpr int64_t mebi = int64_t{1} << 20, page = 2 * mebi;

/// Bytes of this process that the system may take as they are, or -1 where it does not say.
int64_t takeable() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string word; file >> word;) {
    int64_t kibi = 0;
    if (word == "LazyFree:" && file >> kibi) return kibi * 1024;
  }
  return -1;
}

#if defined(__linux__) && defined(__x86_64__)
/// Whether the system was asked for huge pages where an address lies: 1 yes, 0 no, -1 if it does not say.
int asksForHugePages(const void* address) {
  const auto at = reinterpret_cast<uintptr_t>(address);
  std::ifstream file("/proc/self/smaps");
  bool isHere = false;
  for (std::string line; std::getline(file, line);) {
    uintptr_t first = 0, end = 0;
    char dash = 0;
    if (std::istringstream range(line); range >> std::hex >> first >> dash >> end && dash == '-') isHere = first <= at && at < end;
    if (isHere && line.rfind("VmFlags:", 0) == 0) return (line + ' ').find(" hg ") != std::string::npos;
  }
  return -1;
}

/// On memory of its own: what others have freed may have been asked for before.
void testPages() {
  const size_t bytes = 7 * agon::hugePage / 2;
  char* const memory = static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  std::fill_n(memory, bytes, 'x');
  char* const whole = memory + (agon::hugePage - reinterpret_cast<uintptr_t>(memory) % agon::hugePage) % agon::hugePage;
  const bool knows = std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled").good();
  agon::wantHugePages(whole + 1, agon::hugePage);
  check::that(!knows || asksForHugePages(whole + 5) != 1, "no huge page is asked for where a whole one does not fit");
  agon::wantHugePages(whole - (whole > memory), agon::hugePage + 2);
  check::that(!knows || asksForHugePages(whole + 5) != 0, "whole huge pages are asked for");
  check::that(!knows || asksForHugePages(whole + agon::hugePage + 5) != 1, "and none beyond them");
  check::that(std::count(memory, memory + bytes, 'x') == static_cast<int64_t>(bytes), "what memory holds stays when huge pages are asked for");
  munmap(memory, bytes);
}
#else
void testPages() {}
#endif

void testOffers() {
  const agon::Buffer small(64), large(3 * page / 4 + 5);
  check::that(small.offer() == 0, "less than a large page is not offered");
  for (int round = 0; round < 3; round++) {
    for (int64_t i = 0; i < large.size(); i += 1000) large.data()[i] = static_cast<float>(i + round);
    bool same = true;
    for (int64_t i = 0; i < large.size(); i += 1000) same = same && large.data()[i] == static_cast<float>(i + round);
    check::that(same, "what is written after an offer is there");
    const int64_t before = takeable(), offered = large.offer(), after = takeable();
#if defined(__linux__)
    check::that(offered == 3 * page, "whole large pages are offered");
    check::that(before < 0 || after - before >= offered - page / 2, "the system may take what is offered: " + std::to_string(before) + " bytes, then " + std::to_string(after));
#else
    check::that(before == after && (offered == 0 || offered == 3 * page), "whole large pages are offered, or nothing");
#endif
  }
}

agon::Program chainOf(int64_t size, int length) {
  Builder b(size);
  int32_t x = 0;
  for (int i = 0; i < length; i++) x = b.unary(agon::Function::Abs, x);
  return b.finish(x);
}

/// Of memory that nobody touches: it costs nothing.
void testSpares() {
  const agon::Graph graph = agon::prepare(chainOf(4, 2));
  agon::Pool pool(1);
  const auto kept = [&](int64_t frames, auto&& fill, auto&& read) {
    agon::Spares spares(graph, pool);
    int64_t bytes = 0;
    for (const bool fills : {true, false}) {
      std::vector<agon::Lease> leases;
      for (int64_t i = 0; i < frames; i++) {
        leases.push_back(spares.take());
        if (fills) fill(*leases.back());
        else bytes += 4 * read(*leases.back());
      }
    }
    return bytes / mebi;
  };
  const auto ofStorage = [&](int64_t frames, int64_t size) {
    return kept(frames, [&](agon::Frame& frame) { frame.storage[0] = agon::Buffer(size * mebi / 4); }, [](const agon::Frame& frame) { return frame.storage[0].size(); });
  };
  check::that(ofStorage(1, 126) == 126, "a frame of 126 MiB is kept");
  check::that(ofStorage(1, 130) == 0, "one of 130 MiB is not");
  check::that(ofStorage(3, 50) == 100, "of three frames of 50 MiB two are kept");
  const auto fill = [](agon::Frame& frame) { frame.locals[0].rowsA = agon::Buffer(70 * mebi / 4), frame.locals[1].a.reserve(70 * mebi / 4); };
  check::that(kept(1, fill, [](const agon::Frame& frame) { return frame.locals[0].rowsA.size(); }) == 0, "what operations hold counts");
  const int64_t rows = kept(1, [](agon::Frame& frame) { frame.rows = agon::Buffer(200 * mebi / 4); }, [](const agon::Frame& frame) { return frame.rows.size(); });
#if defined(__linux__)
  check::that(rows == 200, "rows that the system may take do not count");
#else
  check::that(rows == 0 || rows == 200, "rows are kept where the system may take them");
#endif
}

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#if __GLIBC_PREREQ(2, 33)
#define AGON_SEES_MEMORY
int64_t allocated() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
}
#endif
#endif

/// What a session holds after a call more than before, in all: values of 32 MiB each.
void testKept(int length, int64_t least, int64_t most) {
#ifdef AGON_SEES_MEMORY
  const int64_t size = 32 * mebi / 4;
  const std::vector<float> x(size, 1.0f);
  std::vector<float> y(size);
  const agon::Session session(chainOf(size, length), agon::createPool(1));
  const int64_t before = allocated();
  for (int call = 0; call < 2; call++) session.forward(x.data(), 1, length, y.data());
  const int64_t found = (allocated() - before) / mebi;
  check::that(found >= least && found <= most, "after a call of " + std::to_string(length) + " values a session holds " + std::to_string(found) + " MiB more");
#else
  (void)length, (void)least, (void)most;
#endif
}

}  // namespace

void testBuffers() {
  testPages();
  testOffers();
  testSpares();
  testKept(3, 96, 128);
  testKept(6, 0, 128);
}

#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "seam/seam.hpp"

namespace kappa::log {

inline constexpr std::size_t kPageBytes = 4096;

/// A word of a shared page by its type and byte offset, so that a layout is a list of constants.
template <typename T>
struct Word {
  std::uint32_t offset;
};

/// Two 64-bit words that change as one: at a multiple of 16.
struct WideWord {
  std::uint32_t offset;
};
struct Wide {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// One page that processes share through a mapped file. All accesses are sequentially consistent and each first calls
/// Seam::point(). Thread-safe. Move-only; ends before its seam. Storing through a page mapped for reading only is a
/// programming error (and a fault).
class SharedPage {
 public:
  SharedPage() = default;
  SharedPage(Seam& seam, std::byte* memory) : seam_(&seam), memory_(memory) {}
  /// Zeros that are shared with nobody, in place of a page that is missing; for loads and waits only.
  [[nodiscard]] static SharedPage of_zeros(Seam& seam) {
    auto zeros = std::make_unique<Zeros>();
    SharedPage page(seam, zeros->bytes.data());
    page.zeros_ = std::move(zeros);
    return page;
  }
  SharedPage(SharedPage&& other) noexcept { swap(other); }
  SharedPage& operator=(SharedPage&& other) noexcept {
    SharedPage taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~SharedPage() {
    if (seam_ != nullptr && !zeros_) seam_->unmap(memory_);
  }

  template <typename T>
  [[nodiscard]] T load(Word<T> word) const {
    seam_->point(PointKind::load, *this, word.offset);
    return at<T>(word).load();
  }
  template <typename T>
  void store(Word<T> word, std::type_identity_t<T> value) const {
    seam_->point(PointKind::store, *this, word.offset);
    at<T>(word).store(value);
  }
  template <typename T>
  T fetch_add(Word<T> word, std::type_identity_t<T> value) const {
    seam_->point(PointKind::exchange, *this, word.offset);
    return at<T>(word).fetch_add(value);
  }
  template <typename T>
  [[nodiscard]] bool compare_exchange(Word<T> word, T& expected, std::type_identity_t<T> desired) const {
    seam_->point(PointKind::exchange, *this, word.offset);
    return at<T>(word).compare_exchange_strong(expected, desired);
  }
  /// Replaces both words if both are as expected; else `expected` becomes what is there.
  [[nodiscard]] bool compare_exchange(WideWord word, Wide& expected, Wide desired) const;
  /// The halves of a wide word; not read as one.
  [[nodiscard]] Wide load_halves(WideWord word) const {
    return {load(Word<std::uint64_t>{word.offset}), load(Word<std::uint64_t>{word.offset + 8})};
  }

  void wait(Word<std::uint32_t> word, std::uint32_t expected, std::chrono::nanoseconds timeout,
            std::uint32_t channels = kAllChannels) const {
    seam_->wait(*this, word.offset, expected, timeout, channels);
  }
  void wake(Word<std::uint32_t> word, std::uint32_t count = kEverybody, std::uint32_t channels = kAllChannels) const {
    seam_->wake(*this, word.offset, count, channels);
  }

  /// For seams: where the page is.
  [[nodiscard]] std::byte* memory() const { return memory_; }

  static constexpr std::uint32_t kAllChannels = 0xffffffff;
  static constexpr std::uint32_t kEverybody = 0x7fffffff;

 private:
  struct alignas(16) Zeros {
    std::array<std::byte, kPageBytes> bytes{};
  };
  template <typename T>
  [[nodiscard]] std::atomic_ref<T> at(Word<T> word) const {
    return std::atomic_ref<T>(*reinterpret_cast<T*>(memory_ + word.offset));
  }
  void swap(SharedPage& other) noexcept {
    std::swap(seam_, other.seam_);
    std::swap(memory_, other.memory_);
    zeros_.swap(other.zeros_);
  }

  Seam* seam_ = nullptr;
  std::byte* memory_ = nullptr;
  std::unique_ptr<Zeros> zeros_;  ///< What memory_ is, where it is no mapping.
};

}  // namespace kappa::log

// The operator new of this binary.
#include "scarce_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace kappa::test {
namespace {

struct State {
  Shortage shortage = Shortage::once;
  std::uint64_t n = 0;
  std::uint64_t count = 0;
  bool alive = false;
  bool failing = false;
  bool fired = false;
};
thread_local State state;

bool fails() {
  if (!state.alive) return false;
  if (++state.count == state.n) state.fired = state.failing = true;
  if (!state.failing) return false;
  state.failing = state.shortage == Shortage::lasting;
  return true;
}

void* allocate(std::size_t bytes, std::size_t alignment) {
  if (fails()) return nullptr;
  bytes = bytes == 0 ? 1 : bytes;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(bytes);
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t bytes, std::size_t alignment) {
  void* const memory = allocate(bytes, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void Scarcity::arm(Shortage shortage, std::uint64_t n) {
  state = {.shortage = shortage, .n = n};
}
bool Scarcity::fired() {
  return state.fired;
}
std::uint64_t Scarcity::count() {
  return state.count;
}
Scarcity::Scarcity() {
  state.alive = true;
}
Scarcity::~Scarcity() {
  state.alive = state.failing = false;
}

}  // namespace kappa::test

using kappa::test::allocate;
using kappa::test::allocate_or_throw;

constexpr std::size_t kPlain = alignof(std::max_align_t);

void* operator new(std::size_t bytes) {
  return allocate_or_throw(bytes, kPlain);
}
void* operator new[](std::size_t bytes) {
  return allocate_or_throw(bytes, kPlain);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocate_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate(bytes, kPlain);
}
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return allocate(bytes, kPlain);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

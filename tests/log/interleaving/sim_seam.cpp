#include "sim_seam.hpp"

#include <algorithm>
#include <filesystem>

namespace kappa::test {

using log::File;
using log::FileSystem;
using log::LockMode;
using log::OpenMode;
using log::SharedPage;

namespace {

constexpr std::uint64_t kStartMicros = 1'700'000'000'000'000;

// Until simulated processes are idle together, time stands nearly still: an hour is never reached.
constexpr std::uint64_t kNanosecondsPerIdleCall = 1000;

}  // namespace

SimKernel::SimKernel(std::uint32_t processes) : scheduler_(processes), dead_(processes) {
  for (std::uint32_t i = 0; i < processes; ++i) seams_.push_back(std::make_unique<SimSeam>(*this, i));
  scheduler_.on_death = [this](std::uint32_t process) { give_up(process); };
}

std::vector<StepTrace> SimKernel::run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies) {
  running_ = true;
  auto trace = scheduler_.run(schedule, bodies);
  running_ = false;
  return trace;
}

void SimKernel::reset(SimMachine machine) {
  machine_ = std::move(machine);
  locks_.clear();
  sleepers_.clear();
  std::fill(dead_.begin(), dead_.end(), false);
  for (auto& seam : seams_) seam->descriptors_.clear();
}

void SimKernel::give_up(std::uint32_t process) {
  dead_[process] = true;
  for (auto& [name, holders] : locks_)
    std::erase_if(holders, [&](const Holder& holder) { return holder.process == process; });
}

bool SimKernel::may_lock(const std::string& name, std::uint32_t process, int id, LockMode mode) const {
  const auto found = locks_.find(name);
  if (found == locks_.end()) return true;
  return std::all_of(found->second.begin(), found->second.end(), [&](const Holder& holder) {
    const bool mine = holder.process == process && holder.id == id;
    return mine || (mode == LockMode::shared && holder.mode == LockMode::shared);
  });
}

bool SimSeam::is_dead() const {
  return kernel_.dead_[process_];
}

void SimSeam::point(log::PointKind kind, const SharedPage&, std::uint32_t) {
  kernel_.step(kind != log::PointKind::load);
}

Result<File> SimSeam::open(const std::string& path, OpenMode mode) {
  kernel_.step(mode == OpenMode::create || mode == OpenMode::create_new);
  auto& machine = kernel_.machine_;
  if (mode == OpenMode::directory) {
    if (!machine.directories.contains(path)) return fail(Errc::not_found, "no directory " + path);
    descriptors_.push_back({path, nullptr});
    return File(*this, static_cast<int>(descriptors_.size()) - 1, path);
  }
  auto found = machine.files.find(path);
  if (found != machine.files.end() && mode == OpenMode::create_new) return fail(Errc::conflict, path + " exists");
  if (found == machine.files.end()) {
    if (mode == OpenMode::read || mode == OpenMode::write) return fail(Errc::not_found, "no file " + path);
    found = machine.files.emplace(path, std::make_shared<SimFile>()).first;
  }
  descriptors_.push_back({path, found->second});
  return File(*this, static_cast<int>(descriptors_.size()) - 1, path);
}

void SimSeam::close(int id) {
  for (auto& [name, holders] : kernel_.locks_)
    std::erase_if(holders, [&](const auto& holder) { return holder.process == process_ && holder.id == id; });
  descriptors_[static_cast<std::size_t>(id)].file.reset();
}

Result<std::size_t> SimSeam::read(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  kernel_.step(false);
  const SimFile& from = *descriptors_[static_cast<std::size_t>(file.id())].file;
  if (position >= from.size) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(buffer.size(), from.size - position);
  from.read(position, buffer.first(bytes));
  return bytes;
}

Result<std::size_t> SimSeam::read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  return read(file, position, buffer);
}

Result<void> SimSeam::write(const File& file, std::uint64_t position, std::span<const Bytes> parts) {
  SimFile& to = *descriptors_[static_cast<std::size_t>(file.id())].file;
  // Parts are written one after the other with a step before each, so that death may leave any of them out.
  for (const Bytes part : parts) {
    kernel_.step(true);
    if (is_dead()) return fail(Errc::io, "dead");
    to.write(position, part);
    position += part.size();
  }
  return {};
}

Result<void> SimSeam::sync_data(const File&) {
  kernel_.step(true);
  return {};
}
Result<void> SimSeam::sync(const File&) {
  kernel_.step(true);
  return {};
}
Result<std::uint64_t> SimSeam::size(const File& file) {
  kernel_.step(false);
  return descriptors_[static_cast<std::size_t>(file.id())].file->size;
}
Result<void> SimSeam::allocate(const File& file, std::uint64_t size) {
  kernel_.step(true);
  if (is_dead()) return fail(Errc::io, "dead");
  SimFile& to = *descriptors_[static_cast<std::size_t>(file.id())].file;
  to.size = std::max(to.size, size);
  return {};
}
Result<void> SimSeam::truncate(const File& file, std::uint64_t size) {
  kernel_.step(true);
  if (is_dead()) return fail(Errc::io, "dead");
  SimFile& to = *descriptors_[static_cast<std::size_t>(file.id())].file;
  if (size < to.size) {
    const std::uint64_t rest = size > SimFile::kPage ? size - SimFile::kPage : 0;
    if (rest < to.rest.size()) to.rest.resize(rest);
    for (std::uint64_t i = size; i < SimFile::kPage; ++i) to.page->bytes[i] = std::byte{0};
  }
  to.size = size;
  return {};
}
bool SimSeam::linked(const File& file) {
  kernel_.step(false);
  const auto& open = descriptors_[static_cast<std::size_t>(file.id())];
  return open.file ? open.file->linked : kernel_.machine_.directories.contains(open.path);
}

Result<std::vector<std::string>> SimSeam::list(const std::string& directory) {
  kernel_.step(false);
  const auto& machine = kernel_.machine_;
  if (!machine.directories.contains(directory)) return fail(Errc::not_found, "no directory " + directory);
  std::vector<std::string> names;
  const auto add = [&](const std::string& path) {
    const std::filesystem::path entry(path);
    if (entry.parent_path() == directory) names.push_back(entry.filename());
  };
  for (const auto& [path, file] : machine.files) add(path);
  for (const std::string& path : machine.directories) add(path);
  return names;
}
Result<void> SimSeam::make_directory(const std::string& path) {
  kernel_.step(true);
  if (!is_dead()) kernel_.machine_.directories.insert(path);
  return {};
}
Result<void> SimSeam::rename(const std::string& from, const std::string& to) {
  kernel_.step(true);
  if (is_dead()) return fail(Errc::io, "dead");
  auto& files = kernel_.machine_.files;
  const auto found = files.find(from);
  if (found == files.end()) return fail(Errc::not_found, "no file " + from);
  if (const auto replaced = files.find(to); replaced != files.end()) replaced->second->linked = false;
  files[to] = found->second;
  files.erase(from);
  return {};
}
Result<void> SimSeam::remove(const std::string& path) {
  kernel_.step(true);
  if (is_dead()) return fail(Errc::io, "dead");
  auto& machine = kernel_.machine_;
  const auto found = machine.files.find(path);
  if (found == machine.files.end()) {
    if (machine.directories.erase(path) == 0) return fail(Errc::not_found, "no file " + path);
    return {};
  }
  found->second->linked = false;
  machine.files.erase(found);
  return {};
}
Result<FileSystem> SimSeam::file_system(const std::string&) {
  return FileSystem::ordinary;
}

std::string SimSeam::lock_name(const File& file) const {
  return descriptors_[static_cast<std::size_t>(file.id())].path;
}

Result<bool> SimSeam::lock(const File& file, LockMode mode, std::chrono::nanoseconds timeout) {
  kernel_.step(true);
  if (is_dead()) return fail(Errc::io, "dead");
  const std::string name = lock_name(file);
  const auto ready = [&] { return kernel_.may_lock(name, process_, file.id(), mode); };
  if (!ready()) {
    if (!kernel_.running_ || timeout.count() <= 0) return false;
    const auto wait = static_cast<std::uint64_t>(timeout.count());
    if (!kernel_.scheduler_.block(ready, kernel_.scheduler_.now() + wait)) return false;
  }
  auto& holders = kernel_.locks_[name];
  std::erase_if(holders, [&](const auto& holder) { return holder.process == process_ && holder.id == file.id(); });
  holders.push_back({process_, file.id(), mode});
  return true;
}

void SimSeam::unlock(const File& file) {
  kernel_.step(true);
  if (is_dead()) return;
  std::erase_if(kernel_.locks_[lock_name(file)],
                [&](const auto& holder) { return holder.process == process_ && holder.id == file.id(); });
}

Result<SharedPage> SimSeam::map(const File& file, OpenMode) {
  kernel_.step(false);
  return SharedPage(*this, descriptors_[static_cast<std::size_t>(file.id())].file->page->bytes);
}
void SimSeam::unmap(std::byte*) {}

void SimSeam::wait(const SharedPage& page, std::uint32_t offset, std::uint32_t expected,
                   std::chrono::nanoseconds timeout, std::uint32_t channels) {
  kernel_.step(true);
  if (is_dead() || !kernel_.running_) return;
  if (load<std::uint32_t>(page.memory() + offset) != expected) return;
  SimKernel::Sleeper sleeper{page.memory() + offset, channels};
  kernel_.sleepers_.push_back(&sleeper);
  const auto wait = static_cast<std::uint64_t>(std::max<std::int64_t>(timeout.count(), 0));
  kernel_.scheduler_.block([&] { return sleeper.woken; }, kernel_.scheduler_.now() + wait);
  std::erase(kernel_.sleepers_, &sleeper);
}

void SimSeam::wake(const SharedPage& page, std::uint32_t offset, std::uint32_t count, std::uint32_t channels) {
  kernel_.step(true);
  if (is_dead()) return;
  for (SimKernel::Sleeper* sleeper : kernel_.sleepers_) {
    if (count == 0) return;
    if (sleeper->woken || sleeper->word != page.memory() + offset || (sleeper->channels & channels) == 0) continue;
    sleeper->woken = true;
    --count;
  }
}

Micros SimSeam::now() {
  return static_cast<Micros>(kStartMicros + static_cast<std::uint64_t>(monotonic().count()) / 1000);
}
std::chrono::nanoseconds SimSeam::monotonic() {
  if (!kernel_.running_) kernel_.idle_ns_ += kNanosecondsPerIdleCall;
  return std::chrono::nanoseconds(kernel_.scheduler_.now() + kernel_.idle_ns_ + 1);
}
void SimSeam::yield() {
  kernel_.step(false);
  if (kernel_.running_ && !is_dead()) kernel_.scheduler_.block([] { return false; }, kernel_.scheduler_.now() + 1000);
}
std::uint64_t SimSeam::random() {
  kernel_.random_ ^= kernel_.random_ << 13U;
  kernel_.random_ ^= kernel_.random_ >> 7U;
  kernel_.random_ ^= kernel_.random_ << 17U;
  return kernel_.random_;
}

}  // namespace kappa::test

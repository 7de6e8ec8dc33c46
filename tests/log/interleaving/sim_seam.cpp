// A machine of files, locks and futexes without an operating system. Each call first takes a step, at which others may
// run or the process may die; what it then does happens at once. Each step tells what it touches, so that schedules
// that only differ in the order of steps that do not see each other are told to be the same.
#include "sim_seam.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace kappa::test {

using log::File;
using log::FileSystem;
using log::LockMode;
using log::OpenMode;
using log::SharedPage;

namespace {

constexpr std::uint64_t kStartMicros = 1'700'000'000'000'000;

// Outside of a run nobody else acts, so waiting there ends by time alone.
constexpr std::uint64_t kNanosecondsPerIdleCall = 1000;

// Places, for Access: all names together, a few for locks, then for each file its words by sixteen bytes (the widest
// access), its content, its size.
constexpr std::uint32_t kNames = 1;
constexpr std::uint32_t kFirstLock = 2;
constexpr std::uint32_t kFirstFile = 64;
constexpr std::uint32_t kPlacesPerFile = 260;
constexpr std::uint32_t kContent = 256;
constexpr std::uint32_t kSize = 257;

std::uint32_t place_of(std::uint32_t file, std::uint32_t what) {
  return kFirstFile + file * kPlacesPerFile + what;
}
std::uint32_t file_of(const SharedPage& page) {
  return reinterpret_cast<const SimFile::Page*>(page.memory())->file;
}
Access names(bool changes) {
  return {.place = kNames, .changes = changes};
}
Access content(const SimFile& file, bool changes, std::uint64_t begin, std::uint64_t end) {
  return {.place = place_of(file.id, kContent), .changes = changes, .begin = begin, .end = end};
}
Access size_of(const SimFile& file, bool changes) {
  return {.place = place_of(file.id, kSize), .changes = changes};
}

std::unexpected<Error> dead() {
  return fail(Errc::io, "this process is dead");
}

bool is_in(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() + 1 && path.starts_with(directory) && path[directory.size()] == '/' &&
         path.find('/', directory.size() + 1) == std::string::npos;
}

}  // namespace

SimKernel::SimKernel(std::uint32_t processes, std::uint32_t scheduled)
    : scheduler_(processes, scheduled), dead_(processes) {
  for (std::uint32_t i = 0; i < processes; ++i) seams_.push_back(std::make_unique<SimSeam>(*this, i));
  scheduler_.on_death = [this](std::uint32_t process) { give_up(process); };
}

std::vector<Step> SimKernel::run(const Schedule& schedule, const std::vector<std::function<void()>>& bodies) {
  running_ = true;
  auto trace = scheduler_.run(schedule, bodies);
  running_ = false;
  return trace;
}

void SimKernel::reset(SimMachine machine) {
  machine_ = std::move(machine);
  for (auto& [path, lock] : locks_) lock.holders.clear();
  sleepers_.clear();
  std::fill(dead_.begin(), dead_.end(), false);
  for (auto& seam : seams_) seam->descriptors_.clear();
}

void SimKernel::give_up(std::uint32_t process) {
  dead_[process] = true;
  for (auto& [path, lock] : locks_)
    std::erase_if(lock.holders, [&](const Holder& holder) { return holder.process == process; });
}

SimKernel::Lock& SimKernel::lock_of(const std::string& path) {
  Lock& lock = locks_[path];
  if (lock.place == 0) lock.place = kFirstLock + static_cast<std::uint32_t>(locks_.size()) - 1;
  return lock;
}

void SimKernel::let_go(std::uint32_t process, int id) {
  for (auto& [path, lock] : locks_)
    std::erase_if(lock.holders, [&](const Holder& holder) { return holder.process == process && holder.id == id; });
}

bool SimKernel::may_lock(const Lock& lock, std::uint32_t process, int id, LockMode mode) {
  return std::ranges::all_of(lock.holders, [&](const Holder& holder) {
    const bool mine = holder.process == process && holder.id == id;
    return mine || (mode == LockMode::shared && holder.mode == LockMode::shared);
  });
}

const SimSeam::Descriptor& SimSeam::descriptor(const File& file) const {
  return descriptors_[static_cast<std::size_t>(file.id())];
}

void SimSeam::point(log::PointKind kind, const SharedPage& page, std::uint32_t offset) {
  const bool changes = kind != log::PointKind::load;
  kernel_.step(changes, {.place = place_of(file_of(page), offset / 16), .changes = changes});
}

Result<File> SimSeam::open(const std::string& path, OpenMode mode) {
  const bool may_make = mode == OpenMode::create || mode == OpenMode::create_new;
  kernel_.step(may_make, names(may_make));
  auto& machine = kernel_.machine_;
  std::shared_ptr<SimFile> file;
  if (mode == OpenMode::directory) {
    if (!machine.directories.contains(path)) return fail(Errc::not_found, "no directory " + path);
  } else {
    const auto found = machine.files.find(path);
    const bool exists = found != machine.files.end();
    if (exists && mode == OpenMode::create_new) return fail(Errc::conflict, path + " exists");
    if (!exists && !may_make) return fail(Errc::not_found, "no file " + path);
    if (!exists && kernel_.is_dead(process_)) return dead();
    file = exists ? found->second : machine.make_file(path);
  }
  descriptors_.push_back({path, std::move(file)});
  return File(*this, static_cast<int>(descriptors_.size()) - 1, path, mode);
}

void SimSeam::close(int id) {
  kernel_.let_go(process_, id);
  descriptors_[static_cast<std::size_t>(id)].file.reset();
}

Result<std::size_t> SimSeam::read(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  const SimFile& from = sim_file(file);
  kernel_.step(false, content(from, false, position, position + buffer.size()));
  if (position >= from.size) return 0;
  const std::size_t bytes = std::min<std::uint64_t>(buffer.size(), from.size - position);
  from.read(position, buffer.first(bytes));
  return bytes;
}

Result<std::size_t> SimSeam::read_device(const File& file, std::uint64_t position, std::span<std::byte> buffer) {
  return read(file, position, buffer);
}

Result<void> SimSeam::write(const File& file, std::uint64_t position, std::span<const Bytes> parts) {
  SimFile& to = sim_file(file);
  // Parts are written one after the other with a step before each, so that death may leave any of them out.
  for (const Bytes part : parts) {
    const std::uint64_t end = position + part.size();
    kernel_.step(true, content(to, true, position, end));
    if (kernel_.is_dead(process_)) return dead();
    to.write(position, part);
    position = end;
  }
  return {};
}

Result<void> SimSeam::sync_data(const File& file) {
  const Descriptor& synced = descriptor(file);
  if (!synced.file) {
    kernel_.step(true, names(false));
    return {};
  }
  // It covers what is there when it begins; a second step is its end, and what is written in between may be lost.
  kernel_.step(true, content(*synced.file, false, 0, std::numeric_limits<std::uint64_t>::max()));
  const std::uint64_t covered = synced.file->writes;
  kernel_.step(true);
  if (kernel_.is_dead(process_)) return dead();
  std::erase_if(synced.file->unsynced, [&](const SimFile::Write& write) { return write.number <= covered; });
  return {};
}
Result<void> SimSeam::sync(const File& file) {
  return sync_data(file);
}
Result<std::uint64_t> SimSeam::size(const File& file) {
  kernel_.step(false, size_of(sim_file(file), false));
  return sim_file(file).size;
}
Result<void> SimSeam::allocate(const File& file, std::uint64_t size) {
  kernel_.step(true, size_of(sim_file(file), true));
  if (kernel_.is_dead(process_)) return dead();
  sim_file(file).size = std::max(sim_file(file).size, size);
  return {};
}
Result<void> SimSeam::truncate(const File& file, std::uint64_t size) {
  kernel_.step(true, content(sim_file(file), true, 0, std::numeric_limits<std::uint64_t>::max()));
  if (kernel_.is_dead(process_)) return dead();
  sim_file(file).truncate(size);
  return {};
}
bool SimSeam::linked(const File& file) {
  kernel_.step(false, names(false));
  const Descriptor& open = descriptor(file);
  return open.file ? open.file->linked : kernel_.machine_.directories.contains(open.path);
}

Result<std::vector<std::string>> SimSeam::list(const std::string& directory) {
  kernel_.step(false, names(false));
  const auto& machine = kernel_.machine_;
  if (!machine.directories.contains(directory)) return fail(Errc::not_found, "no directory " + directory);
  std::vector<std::string> found;
  const auto add = [&](const std::string& path) {
    if (is_in(path, directory)) found.push_back(path.substr(directory.size() + 1));
  };
  for (const auto& [path, file] : machine.files) add(path);
  for (const std::string& path : machine.directories) add(path);
  return found;
}
Result<void> SimSeam::make_directory(const std::string& path) {
  kernel_.step(true, names(true));
  if (!kernel_.is_dead(process_)) kernel_.machine_.directories.insert(path);
  return {};
}
Result<void> SimSeam::rename(const std::string& from, const std::string& to) {
  kernel_.step(true, names(true));
  if (kernel_.is_dead(process_)) return dead();
  auto& files = kernel_.machine_.files;
  const auto found = files.find(from);
  if (found == files.end()) return fail(Errc::not_found, "no file " + from);
  if (const auto replaced = files.find(to); replaced != files.end()) replaced->second->linked = false;
  files[to] = found->second;
  files.erase(from);
  return {};
}
Result<void> SimSeam::remove(const std::string& path) {
  kernel_.step(true, names(true));
  if (kernel_.is_dead(process_)) return dead();
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

Result<bool> SimSeam::lock(const File& file, LockMode mode, std::chrono::nanoseconds timeout) {
  SimKernel::Lock& lock = kernel_.lock_of(descriptor(file).path);
  const std::uint64_t until =
      kernel_.scheduler_.now() + static_cast<std::uint64_t>(std::max<std::int64_t>(timeout.count(), 0));
  const std::function<bool()> ready = [&] { return SimKernel::may_lock(lock, process_, file.id(), mode); };
  for (;;) {
    kernel_.step(true, {.place = lock.place, .changes = true});
    if (kernel_.is_dead(process_)) return dead();
    if (ready()) break;
    if (!kernel_.running_ || kernel_.scheduler_.now() >= until) return false;
    kernel_.scheduler_.block(ready, until);
  }
  std::erase_if(lock.holders, [&](const auto& one) { return one.process == process_ && one.id == file.id(); });
  lock.holders.push_back({process_, file.id(), mode});
  return true;
}

void SimSeam::unlock(const File& file) {
  SimKernel::Lock& lock = kernel_.lock_of(descriptor(file).path);
  if (kernel_.running_) kernel_.scheduler_.step_quietly(true, {.place = lock.place, .changes = true});
  if (kernel_.is_dead(process_)) return;
  std::erase_if(lock.holders, [&](const auto& one) { return one.process == process_ && one.id == file.id(); });
}

Result<SharedPage> SimSeam::map(const File& file, OpenMode) {
  kernel_.step(false);
  return SharedPage(*this, sim_file(file).page->bytes);
}
void SimSeam::unmap(std::byte*) {}

void SimSeam::wait(const SharedPage& page, std::uint32_t offset, std::uint32_t expected,
                   std::chrono::nanoseconds timeout, std::uint32_t channels) {
  // The look at the word and the falling asleep are one step, as in a futex. A sleeper counts as a part of its word.
  const Access word{.place = place_of(file_of(page), offset / 16), .changes = true};
  kernel_.step(true, word);
  if (kernel_.is_dead(process_) || !kernel_.running_) return;
  std::uint32_t value = 0;
  std::memcpy(&value, page.memory() + offset, sizeof value);
  if (value != expected) return;
  SimKernel::Sleeper sleeper{page.memory() + offset, channels};
  kernel_.sleepers_.push_back(&sleeper);
  const std::function<bool()> ready = [&] { return sleeper.woken; };
  const auto wait = static_cast<std::uint64_t>(std::max<std::int64_t>(timeout.count(), 0));
  kernel_.scheduler_.block(ready, kernel_.scheduler_.now() + wait);
  std::erase(kernel_.sleepers_, &sleeper);
  kernel_.step(true, word);
}

void SimSeam::wake(const SharedPage& page, std::uint32_t offset, std::uint32_t count, std::uint32_t channels) {
  kernel_.step(true, {.place = place_of(file_of(page), offset / 16), .changes = true});
  if (kernel_.is_dead(process_)) return;
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
  if (!kernel_.running_ || kernel_.is_dead(process_)) return;
  const std::function<bool()> never = [] { return false; };
  kernel_.scheduler_.block(never, kernel_.scheduler_.now() + 1000);
}
std::uint64_t SimSeam::random() {
  kernel_.random_ ^= kernel_.random_ << 13U;
  kernel_.random_ ^= kernel_.random_ >> 7U;
  kernel_.random_ ^= kernel_.random_ << 17U;
  return kernel_.random_;
}

}  // namespace kappa::test

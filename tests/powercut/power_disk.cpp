// Two processes: the tests' driver, which must never wait for its own answer to the kernel, and the server of the disk.
// They talk in messages over a socket; each command is answered, and a loss of power is told unasked.
//
// The server is in another mount namespace than those who use the disk. The last process of a namespace unmounts what
// is in it as it dies; were it the server, it would wait for its own answers for ever.
#include "power_disk.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "bound_fork.hpp"
#include "fmt/format.h"
#include "fuse_file.hpp"
#include "kappa/base/assert.hpp"

namespace kappa::powercut {
namespace {

enum class Word : std::uint8_t {
  arm,
  cut,
  everybody_is_dead,
  restart,
  load_empty,
  save_start,
  done,
  failed,
  power_is_gone
};

struct Message {
  Word word{};
  std::uint64_t requests = 0;
  std::uint64_t seed = 0;
  Loss loss = {};
  char path[256] = {};
};

void tell(int socket, const Message& message) {
  if (send(socket, &message, sizeof message, MSG_NOSIGNAL) == sizeof message) return;
  std::perror("the process of the disk");
  std::exit(1);
}

Message hear(int socket) {
  Message message;
  if (recv(socket, &message, sizeof message, 0) == sizeof message) return message;
  std::fputs("powercut: the process at the other end of the disk has gone\n", stderr);
  std::exit(1);
}

class PowerBackend final : public FileBackend {
 public:
  PowerBackend(int control, int empty, std::uint64_t bytes) : control_(control), empty_(empty), image_(bytes) {}

  std::uint64_t size() const override { return image_.size(); }
  void read(std::uint64_t position, std::span<std::byte> into) override { image_.read(position, into); }
  void write(std::uint64_t position, Bytes from) override {
    image_.write(position, from);
    count();
  }
  // Power may go just before a flush has any effect, or after all of it and before anybody is told.
  void flush() override {
    const bool counts_first = random_() % 2 == 0;
    if (counts_first) count();
    if (has_power_) image_.flush();
    if (!counts_first) count();
  }

  void obey(const Message& command) {
    switch (command.word) {
      case Word::arm:
        left_ = command.requests;
        random_.seed(command.seed);
        return tell(control_, {.word = Word::done});
      case Word::cut:
        return go_dark();
      case Word::restart:
        image_.restart();
        has_power_ = true;
        return tell(control_, {.word = Word::done});
      case Word::load_empty:
        return tell(control_, {.word = image_.load(empty_) ? Word::done : Word::failed});
      case Word::save_start:
        return tell(control_, {.word = image_.save_start(command.path) ? Word::done : Word::failed});
      default:
        return tell(control_, {.word = Word::failed});
    }
  }

 private:
  void count() {
    if (left_ == 0 || --left_ != 0) return;
    go_dark();
  }
  void go_dark() {
    left_ = 0;
    tell(control_, {.word = Word::power_is_gone, .loss = image_.cut(random_)});
    while (hear(control_).word != Word::everybody_is_dead) continue;  // A cut that is asked for has happened.
    has_power_ = false;
    tell(control_, {.word = Word::done});
  }

  int control_;
  int empty_;
  DiskImage image_;
  std::mt19937_64 random_;
  std::uint64_t left_ = 0;
  bool has_power_ = true;
};

int serve(int device, int empty, int control) {
  PowerBackend backend(control, empty, static_cast<std::uint64_t>(lseek(empty, 0, SEEK_END)));
  FuseFile file(device, backend);
  for (;;) {
    pollfd waiting[] = {{control, POLLIN, 0}, {file.descriptor(), POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0) continue;
    if ((waiting[0].revents & (POLLIN | POLLHUP)) != 0) backend.obey(hear(control));
    if (waiting[1].revents != 0 && !file.serve_one()) return 0;
  }
}

bool ask(int socket, const Message& command) {
  tell(socket, command);
  return hear(socket).word == Word::done;
}

}  // namespace

PowerDisk::PowerDisk(const std::string& path, const std::string& empty, int outer_mounts) {
  const int image = ::open(empty.c_str(), O_RDONLY | O_CLOEXEC);
  KAPPA_ASSERT(image >= 0, "an empty file system was made");
  const int device = FuseFile::mount_at(path);
  int ends[2];
  KAPPA_ASSERT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "no pair of sockets");
  server_ = test::bound_fork([&] {
    ::close(ends[0]);
    if (setns(outer_mounts, CLONE_NEWNS) == 0) return serve(device, image, ends[1]);
    std::perror("leaving the mounts of the box");
    return 1;
  });
  ::close(device);
  ::close(image);
  ::close(ends[1]);
  control_ = ends[0];
  if (!load_empty()) std::exit(1);
}

PowerDisk::~PowerDisk() {
  kill(server_, SIGKILL);
  waitpid(server_, nullptr, 0);
  ::close(control_);
}

bool PowerDisk::load_empty() {
  return ask(control_, {.word = Word::load_empty});
}
bool PowerDisk::save_start(const std::string& file) {
  Message message{.word = Word::save_start};
  fmt::format_to_n(message.path, sizeof message.path - 1, "{}", file);
  return ask(control_, message);
}
void PowerDisk::arm(std::uint64_t requests, std::uint64_t seed) {
  // The power cannot go before the command is carried out: it is armed by it.
  ask(control_, {.word = Word::arm, .requests = requests, .seed = seed});
}
void PowerDisk::cut() {
  tell(control_, {.word = Word::cut});
}
Loss PowerDisk::loss() {
  const Message message = hear(control_);
  KAPPA_ASSERT(message.word == Word::power_is_gone, "the power has gone");
  return message.loss;
}
void PowerDisk::everybody_is_dead() {
  ask(control_, {.word = Word::everybody_is_dead});
}
void PowerDisk::restart() {
  ask(control_, {.word = Word::restart});
}

}  // namespace kappa::powercut

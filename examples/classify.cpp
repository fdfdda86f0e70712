// The smallest whole program in C++: names JPEG and PNG files through libsinf, RAII around its
// engine.
//   c++ -std=c++17 classify.cpp $(pkg-config --cflags --libs sinf) -o classify
//   ./classify model.sinf picture...
// One line a picture: label, share, milliseconds of the network.
#include <sinf.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

void check(int32_t status, const sinf_error &error) {
  if (status != SINF_OK) throw std::runtime_error(error.text);
}

// A model file in memory.
struct Mapping {
  explicit Mapping(const char *path) {
    sinf_error error;
    check(sinf_map(path, &bytes, &count, &error), error);
  }
  ~Mapping() { sinf_unmap(bytes, count); }
  Mapping(const Mapping &) = delete;
  Mapping &operator=(const Mapping &) = delete;

  const void *bytes = nullptr;
  size_t count = 0;
};

// A model and an engine on it, in one block of memory. Given back in the opposite order.
class Model {
 public:
  explicit Model(const char *path) : mapping_(path) {
    sinf_error error;
    size_t needed;
    check(sinf_arena_bytes(mapping_.bytes, mapping_.count, SINF_DECODER_BYTES, &needed, &error),
          error);
    arena_.resize(needed);
    engine_.reset(sinf_open(mapping_.bytes, mapping_.count, arena_.data(), arena_.size(), &error));
    if (!engine_) throw std::runtime_error(error.text);
  }

  // The answer to an encoded picture; its names lie in the model.
  sinf_result classify(const std::vector<char> &picture) {
    sinf_error error;
    sinf_result result;
    check(sinf_classify_encoded(engine_.get(), picture.data(), picture.size(), &result, &error),
          error);
    return result;
  }

 private:
  struct Close {
    void operator()(sinf_engine *engine) const { sinf_close(engine); }
  };
  Mapping mapping_;
  std::vector<unsigned char> arena_;
  std::unique_ptr<sinf_engine, Close> engine_;
};

std::vector<char> read(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot be opened");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char **argv) try {
  if (argc < 3) {
    std::fprintf(stderr, "usage: classify MODEL PICTURE...\n");
    return 2;
  }
  Model model(argv[1]);
  int status = 0;
  for (int index = 2; index < argc; index++) {
    try {
      const sinf_result result = model.classify(read(argv[index]));
      const sinf_label &best = result.labels[0];
      const std::string_view name(best.name, best.name_bytes);
      const auto network = result.features_ns + result.route_ns + result.rest_ns;
      std::printf("%s: %.*s %.6f, %.3f ms\n", argv[index], static_cast<int>(name.size()),
                  name.data(), best.share, static_cast<double>(network) / 1e6);
    } catch (const std::exception &error) {
      std::fprintf(stderr, "%s: %s\n", argv[index], error.what());
      status = 1;
    }
  }
  return status;
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s: %s\n", argv[1], error.what());
  return 1;
}

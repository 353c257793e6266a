// Nothing here is a finding: std::mutex, fopen(), steady_clock, getenv, double, is_simulated, #include <thread>
/* std::random_device device;
   float half = 0.5;
#include <fstream>
*/
#include <string>

namespace planted {

const char* quoted = "std::thread \" std::cout << 1.5 // is_simulated";
const char* raw = R"text(
#include <windows.h>
std::ifstream in; "double" time(nullptr)
)text";
char letter = '"';
const char* after_letter = "steady_clock";
constexpr int kSeparated = 1'000'000;  // its separators open no literal: double
// a comment that goes on \
   std::mutex in_the_next_line;
struct Event {
  unsigned time;
  unsigned at(unsigned open_time) const { return time + open_time; }
};
unsigned now_of(const Event& event) { return event.time; }

}  // namespace planted

// A simulated world has no more right to the real time than the engine.
namespace planted {

using Real = std::chrono::system_clock;  // planted: clock

}  // namespace planted

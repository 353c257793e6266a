#include <random>  // planted: random

namespace planted {

std::random_device device;           // planted: random
std::mt19937_64 generator(1);        // planted: random
int drawn = rand();                  // planted: random
void mix(auto& cards) { std::shuffle(cards.begin(), cards.end(), generator); }  // planted: random

}  // namespace planted

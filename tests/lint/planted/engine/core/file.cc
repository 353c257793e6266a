#include <fstream>   // planted: file
#include <iostream>  // planted: file

namespace planted {

void write() { std::cout << 1; }                   // planted: file
std::ifstream in;                                  // planted: file
FILE* file = nullptr;                              // planted: file
auto opened = fopen("name", "r");                  // planted: file
bool there = std::filesystem::exists("name");      // planted: file
void complain() { fmt::print(stderr, "message"); }  // planted: file

}  // namespace planted

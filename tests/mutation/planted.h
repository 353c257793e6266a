// Which planted bug is at work: sources that plant.py has copied ask at each place.
#pragma once

namespace holdfast::planted {

inline int chosen = 0;  // a row of planted_bugs.txt, from 1; 0: none
inline bool is(int number) { return chosen == number; }

}  // namespace holdfast::planted

namespace planted {

void decide(bool is_simulated) {  // planted: mode_flag
  if (is_simulated) return;       // planted: mode_flag
}
bool isReplaying();        // planted: mode_flag
bool in_simulation_ = 0;   // planted: mode_flag
int test_mode;             // planted: mode_flag
int live_mode;             // planted: mode_flag
bool is_alive;
bool replays_everything;

}  // namespace planted

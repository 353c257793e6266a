namespace planted {

double share_for_a_person = 0.5;  // only the engine counts without fractions

}  // namespace planted

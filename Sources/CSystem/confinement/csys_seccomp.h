#pragma once

// Answers only the calls of the csys_profile from now on; 0 or an errno. Private to CSystem.
int csys_seccomp_enter(int profile);

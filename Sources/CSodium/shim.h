#pragma once
// libsodium, of which only Ed25519 is used. Checking a signature takes no heap and needs no
// sodium_init(); making keys needs it.
#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/randombytes.h>
